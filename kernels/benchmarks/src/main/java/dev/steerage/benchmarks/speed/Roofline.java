package dev.steerage.benchmarks.speed;

import dev.steerage.ops.linear.WeightType;

/// The least time that a device could take: bytes that have to be read over its bandwidth, or
/// multiply-adds over what its tensor cores do, whichever is more.
///
/// @param bytesPerSecond read off this device in the same run
/// @param flopsPerSecond of bf16 products on tensor cores, as given
record Roofline(double bytesPerSecond, double flopsPerSecond) {
  /// Milliseconds of the codebook look-ups of one step.
  double snapMs(Shape shape, int rows) {
    double elements = (double) shape.layers() * RandomModel.CODES * shape.width();
    // What is scanned is bf16.
    return ms(2 * elements, 2 * elements * rows);
  }

  /// Milliseconds of one step of the model without its codebooks.
  ///
  /// @param cacheType of keys and values
  /// @param context positions that each row looks back over, on average
  double denseMs(Shape shape, WeightType type, WeightType cacheType, int rows, double context) {
    double weights = shape.weightsPerToken();
    double cache = 2.0 * cacheType.bytes() * shape.layers() * shape.width() * context * rows;
    return ms(weights * type.bytes() + cache, 2 * weights * rows);
  }

  private double ms(double bytes, double flops) {
    return 1e3 * Math.max(bytes / bytesPerSecond, flops / flopsPerSecond);
  }
}
