package dev.steerage.ops.linear;

import static dev.steerage.ops.Floats.get;

import dev.steerage.ops.Bf16;
import java.lang.foreign.MemorySegment;

/// A weight as it is stored, `[out, in]` row-major float32: what the reference computes with, and
/// what is brought to a device.
///
/// @param biasOrNull `[out]`
/// @param type what the weight counts as; the stored values are not rounded
public record UnpackedLinear(
    MemorySegment weight, MemorySegment biasOrNull, int out, int in, WeightType type)
    implements PackedLinear {
  /// The weight as its type keeps it.
  float at(int o, int i) {
    float w = get(weight, (long) o * in + i);
    return switch (type) {
      case F32 -> w;
      case BF16 -> Bf16.round(w);
    };
  }
}
