package dev.steerage.ops.linear;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.WeightMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A weight cut into panels of sixteen outputs, as the fast backends read it:
///
/// ```text
/// F32   [out / 16, in, 16]                o0 o1 .. o15 of input 0 | o0 .. o15 of input 1 | ..
/// BF16  [out / 16, pairs of in, 16, 2]    o0: inputs 0 1, o1: inputs 0 1, .. | inputs 2 3 | ..
/// ```
///
/// Sixteen outputs lie side by side, so one register multiplies one x with sixteen weights and
/// every output keeps its own chain in index order: no horizontal sum, and the same bits at 4, 8
/// and 16 lanes. Two bf16 of one output share 32 bits, so that they widen by a shift and a mask, or
/// go into a dot product or a tile as they are. The last panel, and the pairs up to a multiple of
/// sixteen, which is one tile, are filled up with zeros.
///
/// @param values the panels, aligned to 64 bytes
/// @param bias `[16 * panels]`, where each chain starts
/// @param out rows of the weight
/// @param in columns of the weight
public record Panels(MemorySegment values, MemorySegment bias, int out, int in, WeightType type)
    implements PackedLinear {
  public static final int WIDTH = 16;
  private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED;

  static Panels of(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena) {
    Panels panels = empty(out, in, type, arena);
    for (int first = 0; first < out; first += WIDTH) {
      int count = Math.min(WIDTH, out - first);
      switch (type) {
        case F32 -> panels.packFloats(weight, first, count);
        case BF16 -> panels.packPairs(weight, first, count);
      }
    }
    for (int o = 0; o < out && biasOrNull != null; o++) {
      set(panels.bias, o, get(biasOrNull, o));
    }
    return panels;
  }

  /// One panel, in the order in which it lies in memory: weights of a large model are written once,
  /// line by line.
  private void packFloats(MemorySegment weight, int first, int count) {
    long to = index(first, 0);
    long from = (long) first * in;
    for (int i = 0; i < in; i++, to += WIDTH) {
      for (int o = 0; o < count; o++) {
        set(values, to + o, get(weight, from + (long) o * in + i));
      }
    }
  }

  private void packPairs(MemorySegment weight, int first, int count) {
    long to = index(first, 0);
    long from = (long) first * in;
    for (int i = 0; i < in; i++) {
      long at = to + (long) (i / 2) * 2 * WIDTH + i % 2;
      for (int o = 0; o < count; o++) {
        short half = Bf16.of(get(weight, from + (long) o * in + i));
        values.set(HALF, at + 2 * o << 1, half);
      }
    }
  }

  /// Panels of zeros, for the caller to fill.
  public static Panels empty(int out, int in, WeightType type, Arena arena) {
    long panels = (out + WIDTH - 1) / WIDTH;
    long columns = type == WeightType.F32 ? in : 2L * pairs(in);
    long bytes = panels * columns * WIDTH * type.bytes();
    MemorySegment values = WeightMemory.allocate(bytes, arena);
    MemorySegment bias = arena.allocate(Math.max(64, panels * WIDTH * Float.BYTES), 64);
    return new Panels(values, bias, out, in, type);
  }

  /// Sets weight `[o, i]`, rounded to the type of these panels.
  public void put(int o, int i, float value) {
    switch (type) {
      case F32 -> set(values, index(o, i), value);
      case BF16 -> values.set(HALF, index(o, i) << 1, Bf16.of(value));
    }
  }

  /// Weight `[o, i]`.
  public float at(int o, int i) {
    return switch (type) {
      case F32 -> get(values, index(o, i));
      case BF16 -> Bf16.toFloat(values.get(HALF, index(o, i) << 1));
    };
  }

  /// Element of [#values] that holds weight `[o, i]`.
  private long index(int o, int i) {
    return switch (type) {
      case F32 -> ((long) (o / WIDTH) * in + i) * WIDTH + o % WIDTH;
      case BF16 -> (((long) (o / WIDTH) * pairs(in) + i / 2) * WIDTH + o % WIDTH) * 2 + i % 2;
    };
  }

  /// The last panel counted to its end.
  public int paddedOut() {
    return (out + WIDTH - 1) / WIDTH * WIDTH;
  }

  /// Pairs of a panel, filled up.
  public static int pairs(int in) {
    return (in + 2 * WIDTH - 1) / (2 * WIDTH) * WIDTH;
  }
}
