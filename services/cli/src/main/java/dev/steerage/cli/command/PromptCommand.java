package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.prompt.PromptFile;
import dev.steerage.cli.prompt.PromptOptions;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Publishes prompts and shows the tokens as they are committed.
@Command(
    name = "prompt",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Publish a prompt and show its tokens as they are committed.",
    footer = {
      "",
      "Examples:",
      "  steerage prompt --model stories --max-tokens 60 'Once upon a time,'",
      "  steerage prompt --model tokfsm --tokens 10,1,7 --max-tokens 20 --pace 10",
      "  steerage prompt --model stories --session s1 --top-logprobs 5 'The dog'",
      "  steerage prompt --model stories --pair --max-tokens 60 'Once upon a time,'",
      "  steerage prompt --file prompts.jsonl --out results.jsonl",
      "",
      "Exit codes: 0 complete, 1 refused, expired, cancelled or failed,",
      "2 wrong usage, 3 nothing reachable, 4 no answer in time."
    })
public final class PromptCommand extends Verb {
  @Option(names = "--model", paramLabel = "NAME", description = "Name of the model; see 'models'.")
  private String model;

  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      description = "The text to continue; none: an empty text.")
  private String text;

  @Option(
      names = "--tokens",
      split = ",",
      paramLabel = "ID",
      description = "Token ids to continue instead of a text, used as they are.")
  private List<Integer> tokens = List.of();

  @Option(
      names = "--file",
      paramLabel = "JSONL",
      description = "Many prompts: one JSON object per line, as on the prompts topic.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "JSONL",
      description = "With --file: where results go, one JSON object per line. Default: stdout.")
  private Path out;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "64",
      description = "With --file: prompts that wait for their end. Default: ${DEFAULT-VALUE}.")
  private int inFlight;

  @Option(
      names = "--wait-s",
      paramLabel = "S",
      defaultValue = "300",
      description = "Gives up when nothing ended for this long. Default: ${DEFAULT-VALUE}.")
  private int waitS;

  @Mixin private PromptOptions options = new PromptOptions();

  private final RequestIds ids = new RequestIds();

  @Override
  protected ExitCode run(Terminal terminal) {
    if (file != null) {
      return runFile(terminal);
    }
    if (model == null) {
      throw new CliException(ExitCode.USAGE, "--model is missing; 'steerage models' lists them");
    }
    if (text != null && !tokens.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "give either a text or --tokens");
    }
    Optional<String> input =
        tokens.isEmpty() ? Optional.of(text == null ? "" : text) : Optional.empty();
    Prompt prompt = options.prompt(model, input, tokens, ids.next("cli"), Clock.systemUTC());
    try (EventLog log = connection().open();
        Requests requests = Requests.open(log, connection().tenant())) {
      return connection().isJson()
          ? runJson(terminal, requests, prompt)
          : runShown(terminal, requests, prompt);
    }
  }

  private ExitCode runJson(Terminal terminal, Requests requests, Prompt prompt) {
    requests.onEvent((event, _) -> JsonLines.record(terminal, event));
    return exit(requests.finish(requests.send(prompt), Duration.ofSeconds(waitS)));
  }

  private ExitCode runShown(Terminal terminal, Requests requests, Prompt prompt) {
    terminal.note(
        terminal.styled(Style.FAINT, "request " + Printable.line(prompt.request().orElseThrow())));
    requests.onTokens((_, fresh) -> show(terminal, fresh));
    RequestRun run = requests.finish(requests.send(prompt), Duration.ofSeconds(waitS));
    terminal.line("");
    showAlternatives(terminal, run.tokens());
    PairView.show(terminal, run);
    terminal.note(terminal.styled(run.isComplete() ? Style.FAINT : Style.BAD, summary(run)));
    return exit(run);
  }

  private static void show(Terminal terminal, List<Completion.Token> fresh) {
    for (Completion.Token token : fresh) {
      String printable = Printable.text(token.text());
      terminal.text(token.steered() ? terminal.styled(Style.STEERED, printable) : printable);
    }
  }

  /// What each token was chosen from, where that was asked for.
  private static void showAlternatives(Terminal terminal, List<Completion.Token> tokens) {
    if (tokens.stream().allMatch(token -> token.topLogprobs().isEmpty())) {
      return;
    }
    Table table = Table.of(">token", "text", ">probability", "likeliest");
    for (Completion.Token token : tokens) {
      String likeliest =
          token.topLogprobs().stream()
              .map(other -> Printable.line(other.text()) + " " + percent(other.logprob()))
              .collect(Collectors.joining("  "));
      table.row(token.index(), Printable.line(token.text()), percent(token.logprob()), likeliest);
    }
    table.print(terminal);
  }

  private static String percent(double logprob) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * Math.exp(logprob));
  }

  private static String summary(RequestRun run) {
    StringBuilder line = new StringBuilder(Printable.line(run.ending()));
    line.append(", ").append(run.tokens().size()).append(" tokens");
    if (!run.tokens().isEmpty()) {
      line.append(", revision ").append(run.tokens().getLast().revision());
    }
    run.started().ifPresent(started -> line.append(", worker ").append(started.worker()));
    run.started()
        .flatMap(Completion.Started::session)
        .ifPresent(
            turn ->
                line.append(", turn ")
                    .append(turn.turn())
                    .append(" after ")
                    .append(turn.contextTokens())
                    .append(" tokens"));
    return line.toString();
  }

  private ExitCode runFile(Terminal terminal) {
    List<Prompt> prompts = PromptFile.read(file, ids);
    try (PrintWriter results = results(terminal);
        EventLog log = connection().open();
        Requests requests = Requests.open(log, connection().tenant())) {
      Progress progress = new Progress(terminal, prompts.size());
      List<RequestRun> runs =
          requests.runAll(
              prompts,
              inFlight,
              Duration.ofSeconds(waitS),
              run -> {
                results.println(Results.line(run));
                progress.done(run);
              });
      progress.finish();
      boolean all = runs.stream().allMatch(RequestRun::isComplete);
      return all ? ExitCode.OK : ExitCode.REFUSED;
    }
  }

  private PrintWriter results(Terminal terminal) {
    if (out == null) {
      return new PrintWriter(new Unclosed(terminal.out()), true);
    }
    try {
      return new PrintWriter(Files.newBufferedWriter(out, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "--out=" + out + " cannot be written: " + e, e);
    }
  }

  private static ExitCode exit(RequestRun run) {
    return run.isComplete() ? ExitCode.OK : ExitCode.REFUSED;
  }
}
