package dev.steerage.ops;

/// bfloat16: the upper half of a float32, eight significant bits.
public final class Bf16 {
  private Bf16() {}

  /// The nearest bf16, ties to even; NaN stays NaN.
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (value != value) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /// The float32 that the nearest bf16 is worth.
  public static float round(float value) {
    return toFloat(of(value));
  }
}
