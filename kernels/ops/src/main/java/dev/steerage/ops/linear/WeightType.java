package dev.steerage.ops.linear;

import java.util.Locale;

/// What the weights of an affine map are kept as; part of the numeric class.
public enum WeightType {
  /// As they are.
  F32(4),
  /// Rounded to bf16 when they are packed, half the memory. Inputs and sums stay float32.
  BF16(2);

  private final int bytes;

  WeightType(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }

  /// As people write it, for instance `bf16`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
