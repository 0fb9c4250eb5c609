package dev.steerage.ops;

import dev.steerage.ops.activation.ActivationBackwardKernel;
import dev.steerage.ops.activation.ActivationBackwardNative;
import dev.steerage.ops.activation.ActivationBackwardReference;
import dev.steerage.ops.adamw.AdamWKernel;
import dev.steerage.ops.adamw.AdamWNative;
import dev.steerage.ops.adamw.AdamWReference;
import dev.steerage.ops.attention.CausalAttentionKernel;
import dev.steerage.ops.attention.CausalAttentionNative;
import dev.steerage.ops.attention.CausalAttentionReference;
import dev.steerage.ops.crossentropy.CrossEntropyKernel;
import dev.steerage.ops.crossentropy.CrossEntropyNative;
import dev.steerage.ops.crossentropy.CrossEntropyReference;
import dev.steerage.ops.layernorm.LayerNormBackwardKernel;
import dev.steerage.ops.layernorm.LayerNormBackwardNative;
import dev.steerage.ops.layernorm.LayerNormBackwardReference;
import dev.steerage.ops.product.ProductKernel;
import dev.steerage.ops.product.ProductNative;
import dev.steerage.ops.product.ProductReference;
import dev.steerage.ops.reduction.ReductionKernel;
import dev.steerage.ops.reduction.ReductionNative;
import dev.steerage.ops.reduction.ReductionReference;
import dev.steerage.ops.snap.StraightThroughKernel;
import dev.steerage.ops.snap.StraightThroughNative;
import dev.steerage.ops.snap.StraightThroughReference;

/// What training adds to a [Backend]. Immutable; may be shared by all threads.
///
/// Only the native backend has fast faces here. The others run the references, which train the same
/// weights, slowly: bits do not depend on the backend, but for those of `roundedProduct`.
public record TrainingBackend(
    Backend forward,
    ProductKernel product,
    ProductKernel roundedProduct,
    LayerNormBackwardKernel layerNormBackward,
    ActivationBackwardKernel activationBackward,
    CausalAttentionKernel causalAttention,
    CrossEntropyKernel crossEntropy,
    StraightThroughKernel straightThrough,
    AdamWKernel adamW,
    ReductionKernel reduction) {

  /// The training kernels that go with a backend.
  public static TrainingBackend of(Backend backend) {
    return backend.name().equals("native") ? fast(backend) : plain(backend);
  }

  private static TrainingBackend fast(Backend backend) {
    return new TrainingBackend(
        backend,
        ProductNative.exact(),
        ProductNative.rounded(),
        new LayerNormBackwardNative(),
        new ActivationBackwardNative(),
        new CausalAttentionNative(),
        new CrossEntropyNative(),
        new StraightThroughNative(),
        new AdamWNative(),
        new ReductionNative());
  }

  private static TrainingBackend plain(Backend backend) {
    return new TrainingBackend(
        backend,
        ProductReference.exact(),
        ProductReference.rounded(),
        new LayerNormBackwardReference(),
        new ActivationBackwardReference(),
        new CausalAttentionReference(),
        new CrossEntropyReference(),
        new StraightThroughReference(),
        new AdamWReference(),
        new ReductionReference());
  }
}
