package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaStream;
import dev.steerage.ops.cuda.DeviceMemory;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.Weights;

/// A model's weights and codebooks on a device, shared by all forwards of the model. A device holds
/// as many models as fit.
public final class CudaModel implements AutoCloseable {
  private static final int HEAD_DIM_MAX = 256;
  private static final int ACTIVE_CODES_MAX = 128;

  /// Blocks of a grid in the direction in which rows lie.
  private static final int ROWS_MAX = 65_535;

  private final CudaDevice device;
  private final StepKernels kernels;
  private final DeviceMemory memory;
  private final DeviceWeights weights;

  private CudaModel(
      CudaDevice device, StepKernels kernels, DeviceMemory memory, DeviceWeights weights) {
    this.device = device;
    this.kernels = kernels;
    this.memory = memory;
    this.weights = weights;
  }

  /// Brings a model to the device.
  ///
  /// @param weights of the cuda backend, whose packers leave weights as they are stored
  /// @throws dev.steerage.ops.cuda.DeviceMemoryException if it does not fit; nothing is taken then
  /// @throws IllegalArgumentException if its heads are wider, or its sites have more active codes,
  ///   than the kernels were made for
  public static CudaModel upload(CudaDevice device, Weights weights) {
    checkShape(weights);
    device.enter();
    ModelUpload count = ModelUpload.counting();
    count.upload(weights);
    DeviceMemory memory = device.allocate("weights and codebooks", count.bytes());
    StepKernels kernels = null;
    try (DeviceMemory staging =
            device.allocate("largest tensor while it is packed", count.stagingBytes());
        CudaStream stream = device.stream()) {
      kernels = new StepKernels(device);
      DeviceWeights brought = ModelUpload.to(kernels, stream, memory, staging).upload(weights);
      return new CudaModel(device, kernels, memory, brought);
    } catch (RuntimeException e) {
      if (kernels != null) {
        kernels.close();
      }
      memory.close();
      throw e;
    }
  }

  /// Refuses what the kernels were not made for.
  private static void checkShape(Weights weights) {
    if (weights.config().headDim() > HEAD_DIM_MAX) {
      throw new IllegalArgumentException(
          "cuda: elements of a head=" + weights.config().headDim() + ", limit=" + HEAD_DIM_MAX);
    }
    for (CodebookSite site : weights.sites()) {
      if (site.activeCodes() > ACTIVE_CODES_MAX) {
        throw new IllegalArgumentException(
            ("cuda: active codes of " + site.site() + "=" + site.activeCodes())
                + (", limit=" + ACTIVE_CODES_MAX));
      }
    }
  }

  /// Runs this model.
  ///
  /// @param viewed the weights that were brought, or a view of them without codebooks
  /// @param capacity most rows of one forward
  /// @param logitsCapacity most rows of one forward that want logits
  /// @param pages size of the cache of keys and values
  /// @param pageTable page numbers of all sequences; read at every run
  /// @throws dev.steerage.ops.cuda.DeviceMemoryException if its memory does not fit
  public CudaForward forward(
      Weights viewed,
      int capacity,
      int logitsCapacity,
      int pages,
      int[] pageTable,
      CudaOptions options) {
    if (capacity > ROWS_MAX) {
      throw new IllegalArgumentException(
          "cuda: rows of a step=" + capacity + ", limit=" + ROWS_MAX);
    }
    return new CudaForward(this, viewed, capacity, logitsCapacity, pages, pageTable, options);
  }

  public CudaDevice device() {
    return device;
  }

  /// Bytes of the device that weights and codebooks take.
  public long bytes() {
    return memory.bytes();
  }

  StepKernels kernels() {
    return kernels;
  }

  DeviceWeights weights() {
    return weights;
  }

  /// Gives the memory back. No forward of this model may run any more.
  @Override
  public void close() {
    kernels.close();
    memory.close();
  }
}
