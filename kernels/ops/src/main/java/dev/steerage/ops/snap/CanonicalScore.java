package dev.steerage.ops.snap;

import static dev.steerage.ops.Floats.get;

import java.lang.foreign.MemorySegment;

/// The one score that decides, as [SnapKernel] defines it.
///
/// The product of two floats is exact in double, so a fused and an unfused multiply-add agree for
/// the inner product; for the distance the square is rounded before it is added.
final class CanonicalScore {
  private CanonicalScore() {}

  /// Norm of a code; what is not a positive finite number means "never chosen before another".
  static double norm(float[] code) {
    double sum = 0;
    for (double c : code) {
      sum += c * c;
    }
    return Math.sqrt(sum);
  }

  static double innerProduct(
      MemorySegment x, long from, MemorySegment codes, int id, int width, double norm) {
    if (!(norm > 0 && norm < Double.POSITIVE_INFINITY)) {
      return Double.NEGATIVE_INFINITY;
    }
    double sum = 0;
    long at = (long) id * width;
    for (int i = 0; i < width; i++) {
      sum += (double) get(x, from + i) * get(codes, at + i);
    }
    return ranked(sum / norm);
  }

  static double euclidean(MemorySegment x, long from, MemorySegment codes, int id, int width) {
    double sum = 0;
    long at = (long) id * width;
    for (int i = 0; i < width; i++) {
      double difference = (double) get(x, from + i) - get(codes, at + i);
      sum += difference * difference;
    }
    return ranked(-sum);
  }

  /// NaN ranks last; adding 0 makes -0.0 equal to 0.0 for every comparison.
  private static double ranked(double score) {
    return score != score ? Double.NEGATIVE_INFINITY : score + 0.0;
  }
}
