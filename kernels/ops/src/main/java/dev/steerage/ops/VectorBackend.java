package dev.steerage.ops;

import dev.steerage.ops.activation.ActivationVector;
import dev.steerage.ops.attention.AttentionVector;
import dev.steerage.ops.layernorm.LayerNormVector;
import dev.steerage.ops.linear.LinearVector;
import dev.steerage.ops.logprob.LogprobVector;
import dev.steerage.ops.rotary.RotaryVector;
import dev.steerage.ops.snap.SnapVector;

/// The vector backend put together; loaded only where the module of the Vector API is present.
final class VectorBackend {
  private VectorBackend() {}

  static Backends.Availability availability() {
    int lanes = LanesVector.LANES;
    if (lanes < 4) {
      return new Backends.Availability.Skipped(
          "vector", "registers of " + lanes + " float32 lanes, at least 4 are needed");
    }
    return new Backends.Availability.Engaged(
        new Backend(
            "vector",
            path(System.getProperty("os.arch"), lanes),
            lanes,
            new LinearVector(),
            new LayerNormVector(),
            new ActivationVector(),
            new RotaryVector(),
            new AttentionVector(),
            new SnapVector(),
            new LogprobVector()));
  }

  private static String path(String architecture, int lanes) {
    return switch (architecture) {
      case "amd64", "x86_64" -> lanes == 16 ? "avx512" : lanes == 8 ? "avx2" : "sse";
      case "aarch64" -> lanes == 4 ? "neon" : "sve";
      default -> architecture;
    };
  }
}
