package dev.steerage.ops.linear;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A weight cut into panels of sixteen outputs, `[out / 16, in, 16]`, as the fast backends read it.
///
/// Sixteen outputs lie side by side, so one register multiplies one x with sixteen weights and
/// every output keeps its own chain in index order: no horizontal sum, and the same bits at 4, 8
/// and 16 lanes. The last panel is filled up with zero weights.
///
/// @param values the panels, aligned to 64 bytes
/// @param bias `[16 * panels]`, where each chain starts
/// @param out rows of the weight
/// @param in columns of the weight
public record Panels(MemorySegment values, MemorySegment bias, int out, int in)
    implements PackedLinear {
  public static final int WIDTH = 16;

  static Panels of(MemorySegment weight, MemorySegment biasOrNull, int out, int in, Arena arena) {
    Panels panels = empty(out, in, arena);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        set(panels.values, panels.index(o, i), get(weight, (long) o * in + i));
      }
      if (biasOrNull != null) {
        set(panels.bias, o, get(biasOrNull, o));
      }
    }
    return panels;
  }

  /// Panels of zeros, for the caller to fill.
  public static Panels empty(int out, int in, Arena arena) {
    long panels = (out + WIDTH - 1) / WIDTH;
    MemorySegment values = arena.allocate(Math.max(64, panels * in * WIDTH * Float.BYTES), 64);
    MemorySegment bias = arena.allocate(Math.max(64, panels * WIDTH * Float.BYTES), 64);
    return new Panels(values, bias, out, in);
  }

  /// Element of [#values] that holds weight `[o, i]`.
  public long index(int o, int i) {
    return ((long) (o / WIDTH) * in + i) * WIDTH + o % WIDTH;
  }

  /// The last panel counted to its end.
  public int paddedOut() {
    return (out + WIDTH - 1) / WIDTH * WIDTH;
  }
}
