package dev.steerage.worker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Everything a worker is told.
///
/// @param bootstrap address of the Kafka cluster
/// @param client further properties of every Kafka client (security, for instance)
/// @param model folder of the checkpoint; its last name is the name of the model
/// @param backend `reference`, `vector`, `native` or `auto`
/// @param name of this worker, unique in its model's group; also names its transactions
/// @param limits every bound of this worker
/// @param timing every interval of this worker
/// @param live where live activations are published; empty: nowhere
public record WorkerConfig(
    String bootstrap,
    Map<String, String> client,
    Path model,
    String backend,
    String name,
    WorkerLimits limits,
    WorkerTiming timing,
    Optional<LiveStream> live) {
  public WorkerConfig {
    client = Map.copyOf(client);
    if (bootstrap.isBlank()) {
      throw new IllegalArgumentException("bootstrap: empty, expected host:port");
    }
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "worker name='" + name + "', expected [A-Za-z0-9._-]{1,64}");
    }
  }

  /// A worker with the usual limits and without live activations.
  public static WorkerConfig of(String bootstrap, Path model, String backend, String name) {
    return new WorkerConfig(
        bootstrap,
        Map.of(),
        model,
        backend,
        name,
        WorkerLimits.USUAL,
        WorkerTiming.USUAL,
        Optional.empty());
  }

  /// The same worker with other intervals.
  public WorkerConfig withTiming(WorkerTiming other) {
    return new WorkerConfig(bootstrap, client, model, backend, name, limits, other, live);
  }

  /// The same worker with other limits.
  public WorkerConfig withLimits(WorkerLimits other) {
    return new WorkerConfig(bootstrap, client, model, backend, name, other, timing, live);
  }

  /// The same worker publishing live activations.
  public WorkerConfig withLive(LiveStream stream) {
    return new WorkerConfig(
        bootstrap, client, model, backend, name, limits, timing, Optional.of(stream));
  }

  /// The model's name: that of its folder.
  public String modelName() {
    return model.toAbsolutePath().normalize().getFileName().toString();
  }

  /// Where live activations go.
  ///
  /// @param aeronFolder folder of the media driver
  /// @param channel Aeron channel; empty: the catalogue's
  public record LiveStream(String aeronFolder, Optional<String> channel) {}
}
