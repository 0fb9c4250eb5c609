package dev.steerage.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.function.DoubleSupplier;

/// Compares a gradient with central differences of what it is the gradient of.
public final class Slopes {
  private static final float STEP = 0x1p-7f;

  private Slopes() {}

  /// The objective is evaluated in float32, so its rounding over the step is what the comparison
  /// has to allow, besides the curvature that a central difference leaves.
  ///
  /// @param objective a function of what is in `x`
  /// @param gradient laid out as x
  public static void check(MemorySegment x, MemorySegment gradient, DoubleSupplier objective) {
    for (long i = 0; i < x.byteSize() / Float.BYTES; i++) {
      float was = Floats.get(x, i);
      Floats.set(x, i, was + STEP);
      double above = objective.getAsDouble();
      Floats.set(x, i, was - STEP);
      double below = objective.getAsDouble();
      Floats.set(x, i, was);
      double slope = (above - below) / (2 * STEP);
      double magnitude = 1 + Math.abs(slope) + Math.max(Math.abs(above), Math.abs(below));
      double roundings = 64 * 0x1p-24 * magnitude / STEP;
      double curvature = 8 * STEP * STEP * magnitude;
      assertThat((double) Floats.get(gradient, i))
          .as("element %d, slope %s", i, slope)
          .isCloseTo(slope, within(roundings + curvature));
    }
  }

  /// The sum of products of two tensors, in double.
  public static double dot(MemorySegment a, MemorySegment b) {
    double sum = 0;
    for (long i = 0; i < a.byteSize() / Float.BYTES; i++) {
      sum += (double) Floats.get(a, i) * Floats.get(b, i);
    }
    return sum;
  }
}
