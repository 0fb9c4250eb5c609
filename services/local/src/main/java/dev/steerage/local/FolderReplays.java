package dev.steerage.local;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.model.Replays;
import dev.steerage.ops.Backends;
import dev.steerage.schemas.message.Completion;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.worker.WorkerConfig;
import dev.steerage.worker.WorkerMetricFamilies;
import dev.steerage.worker.generation.Recording;
import dev.steerage.worker.generation.Rerun;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.kafka.RecordingReader;
import dev.steerage.worker.rules.TenantRules;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Replays with the models of a folder: what `steerage replay` does, for the gateway.
final class FolderReplays implements Replays {

  private final String bootstrap;
  private final Map<String, String> client;
  private final Path models;

  /// @param client further properties of the Kafka clients
  FolderReplays(String bootstrap, Map<String, String> client, Path models) {
    this.bootstrap = bootstrap;
    this.client = Map.copyOf(client);
    this.models = models;
  }

  @Override
  public Answer replay(TenantId tenant, String request, String model, OptionalLong revision) {
    Path folder = models.resolve(model);
    if (!model.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")
        || !Files.isRegularFile(folder.resolve("config.json"))) {
      return Answer.unavailable("no folder of the model is at hand: --models");
    }
    WorkerConfig config =
        WorkerConfig.of(bootstrap, folder, "auto", "replay-" + ProcessHandle.current().pid())
            .withClient(client);
    var metrics = new WorkerMetricFamilies(new PrometheusRegistry()).of(config.modelName());
    try (var engine = CodebookTransformer.load(folder, Backends.byName("auto"));
        var reader = new RecordingReader(config, metrics)) {
      ServedModel served = ServedModel.of(config.modelName(), engine);
      Optional<Recording> recording = reader.read(tenant, request, served);
      if (recording.isEmpty()) {
        return new Answer.Impossible("no completion of this request by this model is recorded");
      }
      TenantRules rules = reader.rules(tenant, served);
      Optional<String> obstacle = obstacle(recording.get(), served, rules, revision);
      return obstacle.isPresent()
          ? new Answer.Impossible(obstacle.get())
          : ran(recording.get(), served, new Rerun(served, recording.get(), rules, revision).run());
    }
  }

  private static Optional<String> obstacle(
      Recording recording, ServedModel served, TenantRules rules, OptionalLong revision) {
    if (!recording.started().modelHash().equals(served.engine().hash())) {
      return Optional.of("the recorded model had other weights");
    }
    if (!recording.started().topicIds().equals(rules.topicIds())) {
      return Optional.of("the rule log was made anew: recorded revisions mean nothing in it");
    }
    if (revision.isPresent() && revision.getAsLong() > rules.revision()) {
      return Optional.of("revision=" + revision.getAsLong() + ", newest=" + rules.revision());
    }
    return Optional.empty();
  }

  private static Answer ran(Recording recording, ServedModel served, Rerun.Outcome outcome) {
    List<Integer> recorded = recording.tokens().stream().map(Completion.Token::id).toList();
    return new Answer.Ran(
        outcome.tokens(),
        recorded,
        index(outcome.differingToken()),
        outcome.positions(),
        index(outcome.differingPosition()),
        recording.classes().stream().map(Recording.Attempt::numericClass).toList(),
        served.engine().numericClass().toString());
  }

  private static OptionalInt index(Optional<Integer> index) {
    return index.map(OptionalInt::of).orElse(OptionalInt.empty());
  }
}
