package dev.steerage.ops;

import dev.steerage.ops.activation.ActivationKernel;
import dev.steerage.ops.attention.AttentionKernel;
import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.layernorm.LayerNormKernel;
import dev.steerage.ops.linear.LinearKernel;
import dev.steerage.ops.logprob.LogprobKernel;
import dev.steerage.ops.rotary.RotaryKernel;
import dev.steerage.ops.snap.SnapKernel;

/// One implementation of every kernel, with the words that name its numeric class. Immutable; may
/// be shared by all threads.
///
/// @param name reference, vector, native or cuda
/// @param instructionPath what the arithmetic runs on, for example `java`, `avx512`, `avx2`
/// @param laneWidth float32 lanes of one register, 1 for plain loops
/// @param linear affine maps
/// @param layerNorm layer normalisation
/// @param activation activation functions
/// @param rotary rotary position embedding
/// @param attention attention over a paged cache
/// @param snap code look-up
/// @param logprob normaliser of log-probabilities
/// @param deviceOrNull where forwards run, or null where they run on the processor, by the kernels
///   above
public record Backend(
    String name,
    String instructionPath,
    int laneWidth,
    LinearKernel linear,
    LayerNormKernel layerNorm,
    ActivationKernel activation,
    RotaryKernel rotary,
    AttentionKernel attention,
    SnapKernel snap,
    LogprobKernel logprob,
    CudaDevice deviceOrNull) {
  /// A backend of the processor.
  public Backend(
      String name,
      String instructionPath,
      int laneWidth,
      LinearKernel linear,
      LayerNormKernel layerNorm,
      ActivationKernel activation,
      RotaryKernel rotary,
      AttentionKernel attention,
      SnapKernel snap,
      LogprobKernel logprob) {
    this(
        name,
        instructionPath,
        laneWidth,
        linear,
        layerNorm,
        activation,
        rotary,
        attention,
        snap,
        logprob,
        null);
  }
}
