package dev.steerage.ops.rotary;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Cosines and sines of the rotary embedding, one row per position; immutable.
///
/// Angle of pair i at position p: `p * base^(-2i / rotated)`, computed in double by [StrictMath]
/// and rounded once, so that the table is the same on every machine.
///
/// @param rotated dimensions of each head that are rotated, even
/// @param positions rows of the table
/// @param cos `[positions, rotated / 2]`
/// @param sin `[positions, rotated / 2]`
public record RotaryTable(int rotated, int positions, MemorySegment cos, MemorySegment sin) {
  public RotaryTable {
    if (rotated < 0 || rotated % 2 != 0) {
      throw new IllegalArgumentException("rotated: value=" + rotated + ", limit=even");
    }
    Floats.check("cos", cos, 0, rotated / 2, positions, rotated / 2);
    Floats.check("sin", sin, 0, rotated / 2, positions, rotated / 2);
  }

  public static RotaryTable of(int rotated, double base, int positions, Arena arena) {
    int pairs = rotated / 2;
    long bytes = Math.max(4L, 4L * positions * pairs);
    MemorySegment cos = arena.allocate(bytes, 64);
    MemorySegment sin = arena.allocate(bytes, 64);
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < pairs; i++) {
        double angle = p * StrictMath.pow(base, -2.0 * i / rotated);
        Floats.set(cos, (long) p * pairs + i, (float) StrictMath.cos(angle));
        Floats.set(sin, (long) p * pairs + i, (float) StrictMath.sin(angle));
      }
    }
    return new RotaryTable(rotated, positions, cos, sin);
  }
}
