package dev.steerage.trainer.model;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// The penalty on what the codebooks of a group say alike: the squared inner product of the outputs
/// of every two of them, summed over pairs, averaged over tokens.
final class Redundancy {
  private Redundancy() {}

  /// The penalty of some rows, `[rows, groups * width]`, before its weight.
  ///
  /// @param tokens that the mean is over
  static double value(MemorySegment out, int rows, int groups, int width, long tokens) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      long row = (long) r * groups * width;
      for (int g = 0; g < groups; g++) {
        for (int h = g + 1; h < groups; h++) {
          double dot = dot(out, row + (long) g * width, row + (long) h * width, width);
          sum += dot * dot;
        }
      }
    }
    return sum / tokens;
  }

  /// Adds the gradient of the weighted penalty to that of the outputs.
  static void add(
      MemorySegment out,
      MemorySegment gradient,
      int rows,
      int groups,
      int width,
      double weight,
      long tokens) {
    for (int r = 0; r < rows; r++) {
      long row = (long) r * groups * width;
      for (int g = 0; g < groups; g++) {
        for (int h = g + 1; h < groups; h++) {
          long a = row + (long) g * width;
          long b = row + (long) h * width;
          float by = (float) (2 * weight * dot(out, a, b, width) / tokens);
          for (int i = 0; i < width; i++) {
            float left = Floats.get(out, a + i);
            float right = Floats.get(out, b + i);
            Floats.set(gradient, a + i, Math.fma(by, right, Floats.get(gradient, a + i)));
            Floats.set(gradient, b + i, Math.fma(by, left, Floats.get(gradient, b + i)));
          }
        }
      }
    }
  }

  private static double dot(MemorySegment out, long a, long b, int width) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += (double) Floats.get(out, a + i) * Floats.get(out, b + i);
    }
    return sum;
  }
}
