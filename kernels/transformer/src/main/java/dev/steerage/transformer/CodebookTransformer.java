package dev.steerage.transformer;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.checkpoint.Checkpoint;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.cuda.CudaModel;
import dev.steerage.transformer.cuda.CudaOptions;
import dev.steerage.transformer.forward.Forward;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.forward.Weights;
import dev.steerage.transformer.generation.WarmUp;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A loaded codebook model. Immutable; shared between threads.
public final class CodebookTransformer implements AutoCloseable {
  /// Enough for the vector backend on a busy machine; the native one returns much earlier.
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(3);

  private static final String BUILD = "0.1.0";

  private final Arena arena;
  private final Checkpoint checkpoint;
  private final NumericClass numericClass;
  private final Team team;
  private final Weights weights;
  private final CudaModel onDeviceOrNull;
  private final boolean isView;

  private CodebookTransformer(
      Arena arena,
      Checkpoint checkpoint,
      Weights weights,
      NumericClass numericClass,
      Team team,
      CudaModel onDeviceOrNull,
      boolean isView) {
    this.arena = arena;
    this.checkpoint = checkpoint;
    this.weights = weights;
    this.numericClass = numericClass;
    this.team = team;
    this.onDeviceOrNull = onDeviceOrNull;
    this.isView = isView;
  }

  /// Reads a model folder or a snapshot of a hub's cache: `config.json`, weights as safetensors or
  /// `pytorch_model.bin`, whole or sharded, and where they are there `base_config.json`,
  /// `tokenizer.json` or `vocab.json`.
  ///
  /// @throws CheckpointException naming file, tensor, what was expected and what was found
  /// @throws dev.steerage.ops.cuda.DeviceMemoryException if it does not fit on the backend's device
  public static CodebookTransformer load(Path folder, Backend backend) {
    return load(folder, backend, new Team("engine", Runtime.getRuntime().availableProcessors()));
  }

  /// As above.
  ///
  /// @param team threads that share the work of a step; closed with the model, or if it does not
  ///   load
  public static CodebookTransformer load(Path folder, Backend backend, Team team) {
    return load(folder, backend, WeightType.F32, team);
  }

  /// As above.
  ///
  /// @param type what the weights of affine maps are kept as; codebooks always rank as float32
  public static CodebookTransformer load(Path folder, Backend backend, WeightType type, Team team) {
    Arena arena = Arena.ofShared();
    try {
      Checkpoint checkpoint = Checkpoint.read(folder, backend, type, arena, team);
      NumericClass numericClass =
          new NumericClass(
              backend.name(), backend.instructionPath(), backend.laneWidth(), type.word(), BUILD);
      Weights weights = checkpoint.weights();
      CudaDevice device = backend.deviceOrNull();
      CudaModel onDevice = device == null ? null : CudaModel.upload(device, weights);
      return new CodebookTransformer(
          arena, checkpoint, weights, numericClass, team, onDevice, false);
    } catch (RuntimeException e) {
      team.close();
      arena.close();
      throw e;
    }
  }

  public ModelConfig config() {
    return weights().config();
  }

  /// All codebooks in canonical order: `L0.attn.H0`, …, `L0.mlp`, `L1.attn.H0`, …
  public List<CodebookSite> sites() {
    return weights().sites();
  }

  /// SHA-256 (hex) over the content of weights, configs and tokenizer: the model hash.
  public String hash() {
    return checkpoint.hash();
  }

  public NumericClass numericClass() {
    return numericClass;
  }

  public Tokenizer tokenizer() {
    return checkpoint.tokenizer();
  }

  /// What the forward pass runs; alive until [#close].
  public Weights weights() {
    return weights;
  }

  /// Runs rows through this model, where its backend runs forwards.
  ///
  /// @param capacity most rows of one forward
  /// @param logitsCapacity most rows of one forward that want logits
  /// @param pages size of the cache of keys and values, in pages of [ForwardPass#pageSize]
  /// @param pageTable page numbers of all sequences; read at every run
  /// @throws dev.steerage.ops.cuda.DeviceMemoryException if its memory does not fit on the device
  public Forward forward(int capacity, int logitsCapacity, int pages, int[] pageTable) {
    return onDeviceOrNull == null
        ? new ForwardPass(weights, team, capacity, logitsCapacity, pages, pageTable)
        : onDeviceOrNull.forward(
            weights, capacity, logitsCapacity, pages, pageTable, CudaOptions.USUAL);
  }

  /// The model on its device, or null where forwards run on the processor; alive until [#close].
  public CudaModel onDeviceOrNull() {
    return onDeviceOrNull;
  }

  /// This model with its codebooks switched off: the dense model that it was made of, with the same
  /// weights in the same memory. Has no sites; lives as long as this one, and closing it does
  /// nothing.
  public CodebookTransformer withoutCodebooks() {
    return new CodebookTransformer(
        arena, checkpoint, weights.withoutCodebooks(), numericClass, team, onDeviceOrNull, true);
  }

  /// What a user should know about the checkpoint: values that nobody stated and were assumed,
  /// positions that the authors' code cannot run.
  public List<String> notes() {
    return checkpoint.notes();
  }

  /// The threads that share the work of a step; alive until [#close].
  public Team team() {
    return team;
  }

  /// Runs the model until compiled code is up to speed, in bounded time. Called before a worker
  /// says that it is ready; changes nothing else.
  public void warmUp() {
    WarmUp.run(this, WARM_UP_LIMIT);
  }

  /// Gives the mapped weights back. No batch of this model may run any more.
  @Override
  public void close() {
    if (!isView) {
      if (onDeviceOrNull != null) {
        onDeviceOrNull.close();
      }
      team.close();
      arena.close();
    }
  }
}
