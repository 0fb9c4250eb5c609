package dev.steerage.worker;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.CodebookTransformer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Everything a worker is told.
///
/// @param bootstrap address of the Kafka cluster
/// @param client further properties of every Kafka client (security, for instance)
/// @param model folder of the checkpoint; its last name is the name of the model
/// @param compute what the model runs on
/// @param name of this worker, unique in its model's group; also names its transactions
/// @param limits every bound of this worker
/// @param timing every interval of this worker
/// @param live where live activations are published; empty: nowhere
public record WorkerConfig(
    String bootstrap,
    Map<String, String> client,
    Path model,
    Compute compute,
    String name,
    WorkerLimits limits,
    WorkerTiming timing,
    Optional<LiveStream> live) {
  private static final int MAX_THREADS = 256;

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

  /// A worker with the usual limits, float32 weights, all processors and no live activations.
  public static WorkerConfig of(String bootstrap, Path model, String backend, String name) {
    return of(bootstrap, model, Compute.of(backend), name);
  }

  /// A worker with the usual limits and without live activations.
  public static WorkerConfig of(String bootstrap, Path model, Compute compute, String name) {
    return new WorkerConfig(
        bootstrap,
        Map.of(),
        model,
        compute,
        name,
        WorkerLimits.USUAL,
        WorkerTiming.USUAL,
        Optional.empty());
  }

  /// The same worker with further properties of its Kafka clients.
  public WorkerConfig withClient(Map<String, String> properties) {
    return new WorkerConfig(bootstrap, properties, model, compute, name, limits, timing, live);
  }

  /// The same worker with other intervals.
  public WorkerConfig withTiming(WorkerTiming other) {
    return new WorkerConfig(bootstrap, client, model, compute, name, limits, other, live);
  }

  /// The same worker with other limits.
  public WorkerConfig withLimits(WorkerLimits other) {
    return new WorkerConfig(bootstrap, client, model, compute, name, other, timing, live);
  }

  /// The same worker publishing live activations.
  public WorkerConfig withLive(LiveStream stream) {
    return new WorkerConfig(
        bootstrap, client, model, compute, name, limits, timing, Optional.of(stream));
  }

  /// The model's name: that of its folder.
  public String modelName() {
    return model.toAbsolutePath().normalize().getFileName().toString();
  }

  /// What a model runs on.
  ///
  /// @param backend `reference`, `vector`, `native`, `cuda`, or `auto`: the fastest of the
  ///   processor
  /// @param weights what the weights of affine maps are kept as; part of the numeric class
  /// @param threads that share the work of a step; changes no result
  public record Compute(String backend, WeightType weights, int threads) {
    /// Float32 weights on all processors.
    public static Compute of(String backend) {
      return new Compute(backend, WeightType.F32, Runtime.getRuntime().availableProcessors());
    }

    public Compute {
      if (threads < 1 || threads > MAX_THREADS) {
        throw new IllegalArgumentException("threads=" + threads + ", expected 1 to " + MAX_THREADS);
      }
    }

    /// Reads a model folder for it.
    public CodebookTransformer load(Path folder) {
      return CodebookTransformer.load(
          folder, Backends.byName(backend), weights, new Team("engine", threads));
    }
  }

  /// Where live activations go.
  ///
  /// @param aeronFolder folder of the media driver
  /// @param channel Aeron channel; empty: the catalogue's
  public record LiveStream(String aeronFolder, Optional<String> channel) {}
}
