package dev.steerage.ops;

import dev.steerage.ops.activation.ActivationReference;
import dev.steerage.ops.attention.AttentionReference;
import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaKernels;
import dev.steerage.ops.layernorm.LayerNormReference;
import dev.steerage.ops.linear.LinearReference;
import dev.steerage.ops.logprob.LogprobKernel;
import dev.steerage.ops.logprob.LogprobReference;
import dev.steerage.ops.rotary.RotaryReference;
import dev.steerage.ops.snap.SnapReference;

/// The cuda backend put together: forwards run on the device. Its kernels of the processor are for
/// what is done beside that; `pack` leaves weights as they are stored, which is what the device is
/// given.
final class CudaBackend {
  /// Lanes of a warp.
  private static final int LANES = 32;

  private static final Backends.Availability AVAILABILITY = open();

  private CudaBackend() {}

  static Backends.Availability availability() {
    return AVAILABILITY;
  }

  private static Backends.Availability open() {
    return switch (CudaDevice.open()) {
      case CudaDevice.State.Absent(String reason) ->
          new Backends.Availability.Skipped("cuda", reason);
      case CudaDevice.State.Open(CudaDevice device) ->
          CudaKernels.missing()
              .<Backends.Availability>map(why -> new Backends.Availability.Skipped("cuda", why))
              .orElseGet(() -> new Backends.Availability.Engaged(on(device)));
    };
  }

  private static Backend on(CudaDevice device) {
    return new Backend(
        "cuda",
        device.architecture(),
        LANES,
        new LinearReference(),
        new LayerNormReference(),
        new ActivationReference(),
        new RotaryReference(),
        new AttentionReference(),
        new SnapReference(),
        logprob(),
        device);
  }

  /// The sampler's kernel runs on the processor for every token: the fastest there is.
  private static LogprobKernel logprob() {
    return switch (NativeBackend.availability()) {
      case Backends.Availability.Engaged(Backend backend) -> backend.logprob();
      case Backends.Availability.Skipped _ -> new LogprobReference();
    };
  }
}
