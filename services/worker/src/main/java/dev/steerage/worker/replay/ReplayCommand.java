package dev.steerage.worker.replay;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.worker.ComputeOptions;
import dev.steerage.worker.WorkerConfig;
import dev.steerage.worker.WorkerConfig.Compute;
import dev.steerage.worker.WorkerMetricFamilies;
import dev.steerage.worker.generation.Recording;
import dev.steerage.worker.generation.Rerun;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.kafka.RecordingReader;
import dev.steerage.worker.rules.TenantRules;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `steerage replay`: proves that a completion is what its prompt, its rules and its seed give.
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs a completion again at the recorded revisions and compares bit for bit.",
    footer = "Exit code 0: identical. 1: different, or not to be found.")
public final class ReplayCommand implements Callable<Integer> {
  private static final int DIFFERENCES_SHOWN = 20;

  @Parameters(paramLabel = "REQUEST", description = "Id of the request.")
  private String request;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Address of the Kafka cluster. Default: that of the running 'steerage up'.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description = "Further properties of the Kafka clients.")
  private Path clientProperties;

  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      description =
          "Folder of the checkpoint; its name is the model's name."
              + " Default: whichever model under --models wrote the completion.")
  private Path model;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = "${sys:steerage.home:-.}/infra/models",
      description = "Folder of model folders. Default: the models shipped.")
  private Path models;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Tenant of the request. Default: ${DEFAULT-VALUE}.")
  private String tenant;

  @Mixin private ComputeOptions options;

  @Option(
      names = "--revision",
      paramLabel = "N",
      description = "Steer every position at this revision instead: what would have been.")
  private Long revision;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Path> candidates = model != null ? List.of(model) : modelFolders();
    for (Path folder : candidates) {
      OptionalInt exit = replay(folder);
      if (exit.isPresent()) {
        return exit.getAsInt();
      }
    }
    return fail("no completion of request " + request + " by a model of " + candidates);
  }

  private Map<String, String> client() {
    var properties = new Properties();
    if (clientProperties != null) {
      try (Reader reader = Files.newBufferedReader(clientProperties)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "client properties cannot be read: file=" + clientProperties, e);
      }
    }
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return client;
  }

  private List<Path> modelFolders() throws IOException {
    try (Stream<Path> folders = Files.list(models)) {
      return folders.filter(f -> Files.exists(f.resolve("config.json"))).sorted().toList();
    }
  }

  /// The exit code; empty when this model did not write the completion.
  private OptionalInt replay(Path folder) {
    Compute compute = options.compute();
    WorkerConfig config =
        WorkerConfig.of(bootstrap, folder, compute, "replay-" + ProcessHandle.current().pid())
            .withClient(client());
    var metrics = new WorkerMetricFamilies(new PrometheusRegistry()).of(config.modelName());
    var owner = new TenantId(tenant);
    PrintWriter out = spec.commandLine().getOut();
    try (var engine = compute.load(folder);
        var reader = new RecordingReader(config, metrics)) {
      ServedModel served = ServedModel.of(config.modelName(), engine);
      Optional<Recording> recording = reader.read(owner, request, served);
      if (recording.isEmpty()) {
        return OptionalInt.empty();
      }
      TenantRules rules = reader.rules(owner, served);
      Optional<String> obstacle = obstacle(recording.get(), served, rules);
      if (obstacle.isPresent()) {
        return OptionalInt.of(fail(obstacle.get()));
      }
      OptionalLong fixed = revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
      Rerun.Outcome outcome = new Rerun(served, recording.get(), rules, fixed).run();
      report(out, recording.get(), served, outcome);
      out.flush();
      return OptionalInt.of(outcome.isIdentical() ? 0 : 1);
    }
  }

  private int fail(String why) {
    spec.commandLine().getErr().println("replay: " + why);
    spec.commandLine().getErr().flush();
    return 1;
  }

  private Optional<String> obstacle(Recording recording, ServedModel served, TenantRules rules) {
    if (!recording.started().modelHash().equals(served.engine().hash())) {
      return Optional.of(
          "another model: recorded hash "
              + recording.started().modelHash()
              + ", here "
              + served.engine().hash());
    }
    if (!recording.started().topicIds().equals(rules.topicIds())) {
      return Optional.of("the rule log was made anew: recorded revisions mean nothing in it");
    }
    if (revision != null && revision > rules.revision()) {
      return Optional.of("revision=" + revision + ", newest=" + rules.revision());
    }
    return Optional.empty();
  }

  private void report(
      PrintWriter out, Recording recording, ServedModel served, Rerun.Outcome outcome) {
    Completion.Started started = recording.started();
    String here = served.engine().numericClass().toString();
    boolean sameClass =
        recording.classes().stream().allMatch(attempt -> attempt.numericClass().equals(here));
    line(out, "request", request + ", tenant " + tenant + ", model " + served.name());
    line(out, "model", started.modelHash());
    recording
        .classes()
        .forEach(
            attempt ->
                line(
                    out,
                    "recorded",
                    attempt.numericClass() + " from token " + attempt.fromToken()));
    line(out, "here", here);
    started
        .session()
        .ifPresent(
            turn ->
                line(
                    out,
                    "session",
                    (turn.session() + ", turn " + turn.turn())
                        + (", " + turn.contextTokens() + " tokens of context")));
    line(out, "revisions", revisions(recording));
    line(out, "commands", recording.orders().size() + " took effect");
    line(out, "tokens", verdict(recording.tokens().size(), outcome.differingToken(), "token"));
    difference(out, recording, served, outcome);
    line(
        out,
        "codes",
        outcome.positions() == 0
            ? "not captured"
            : verdict(outcome.positions(), outcome.differingPosition(), "position"));
    line(out, "result", outcome.isIdentical() ? "identical" : "different");
    if (!outcome.isIdentical() && !sameClass) {
      line(out, "", "bits are promised within one numeric class: replay with the recorded one");
    }
  }

  /// Both completions side by side from the first token on that differs; what is equal further on
  /// is left out.
  private static void difference(
      PrintWriter out, Recording recording, ServedModel served, Rerun.Outcome outcome) {
    if (outcome.differingToken().isEmpty()) {
      return;
    }
    int length = Math.max(recording.tokens().size(), outcome.tokens().size());
    int shown = 0;
    int equal = 0;
    for (int index = outcome.differingToken().get(); index < length; index++) {
      Optional<Completion.Token> then =
          index < recording.tokens().size()
              ? Optional.of(recording.tokens().get(index))
              : Optional.empty();
      Optional<Integer> now =
          index < outcome.tokens().size()
              ? Optional.of(outcome.tokens().get(index))
              : Optional.empty();
      if (then.map(Completion.Token::id).equals(now)) {
        equal++;
      } else if (shown < DIFFERENCES_SHOWN) {
        shown++;
        line(
            out,
            "",
            "token %d: recorded %s, now %s"
                .formatted(
                    index,
                    then.map(token -> said(served, token.id()) + " at revision " + token.revision())
                        .orElse("nothing"),
                    now.map(token -> said(served, token)).orElse("nothing")));
      } else {
        shown++;
      }
    }
    if (shown > DIFFERENCES_SHOWN) {
      line(out, "", (shown - DIFFERENCES_SHOWN) + " more tokens differ");
    }
    line(out, "", equal + " tokens after the first difference are equal");
  }

  private static String said(ServedModel served, int token) {
    String text = served.engine().tokenizer().decode(new int[] {token});
    return token + " '" + text.replace("\n", "\\n") + "'";
  }

  private String revisions(Recording recording) {
    if (revision != null) {
      return "all positions at " + revision + ", not as recorded";
    }
    String prompt = "prompt " + recording.started().promptRevision();
    if (recording.tokens().isEmpty()) {
      return prompt;
    }
    LongSummaryStatistics tokens =
        recording.tokens().stream().mapToLong(Completion.Token::revision).summaryStatistics();
    return prompt + ", tokens " + tokens.getMin() + " to " + tokens.getMax();
  }

  private static String verdict(int count, Optional<Integer> differing, String what) {
    return differing
        .map(index -> "first difference at " + what + " " + index + " of " + count)
        .orElse(count + " equal");
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-10s %s%n", name, value);
  }
}
