package dev.steerage.ops;

import dev.steerage.ops.activation.ActivationNative;
import dev.steerage.ops.attention.AttentionNative;
import dev.steerage.ops.layernorm.LayerNormNative;
import dev.steerage.ops.linear.LinearNative;
import dev.steerage.ops.logprob.LogprobNative;
import dev.steerage.ops.rotary.RotaryNative;
import dev.steerage.ops.snap.SnapNative;

/// The native backend put together.
final class NativeBackend {
  private NativeBackend() {}

  static Backends.Availability availability() {
    return switch (NativeLibrary.STATE) {
      case NativeLibrary.State.Absent(String reason) ->
          new Backends.Availability.Skipped("native", reason);
      case NativeLibrary.State.Loaded(_, InstructionPath path, int lanes) ->
          new Backends.Availability.Engaged(
              new Backend(
                  "native",
                  path.word(),
                  lanes,
                  new LinearNative(),
                  new LayerNormNative(),
                  new ActivationNative(),
                  new RotaryNative(),
                  new AttentionNative(),
                  new SnapNative(),
                  new LogprobNative()));
    };
  }
}
