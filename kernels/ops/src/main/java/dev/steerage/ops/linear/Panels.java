package dev.steerage.ops.linear;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.WeightMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

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

  /// Inputs that are turned at a time: sixteen outputs of them fit the first cache twice.
  private static final int COLUMNS = 256;

  /// Fewer panels are not worth another thread.
  private static final int PANELS = 8;

  static Panels of(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena,
      Team team) {
    Panels panels = empty(out, in, type, arena);
    int count = (out + WIDTH - 1) / WIDTH;
    team.each(
        (count + PANELS - 1) / PANELS,
        (part, place) ->
            panels.pack(weight, part * PANELS * WIDTH, Math.min(out, (part + 1) * PANELS * WIDTH)));
    for (int o = 0; o < out && biasOrNull != null; o++) {
      set(panels.bias, o, get(biasOrNull, o));
    }
    return panels;
  }

  /// Some panels, in the order in which they lie in memory: weights of a large model are written
  /// once, line by line. Goes through arrays, where the compiler needs no look at bounds.
  private void pack(MemorySegment weight, int from, int limit) {
    float[] rows = new float[WIDTH * COLUMNS];
    float[] floats = new float[type == WeightType.F32 ? WIDTH * COLUMNS : 0];
    short[] halves = new short[type == WeightType.BF16 ? WIDTH * COLUMNS : 0];
    for (int first = from; first < limit; first += WIDTH) {
      int count = Math.min(WIDTH, limit - first);
      Arrays.fill(rows, 0f);
      for (int i = 0; i < in; i += COLUMNS) {
        int n = Math.min(COLUMNS, in - i);
        for (int o = 0; o < count; o++) {
          long at = (long) (first + o) * in + i;
          MemorySegment.copy(weight, Floats.LAYOUT, at * Float.BYTES, rows, o * COLUMNS, n);
        }
        switch (type) {
          case F32 -> {
            turn(rows, n, floats);
            MemorySegment.copy(
                floats, 0, values, Floats.LAYOUT, index(first, i) * Float.BYTES, n * WIDTH);
          }
          case BF16 -> {
            pair(rows, count, n, halves);
            MemorySegment.copy(
                halves, 0, values, HALF, index(first, i) * Short.BYTES, (n + n % 2) * WIDTH);
          }
        }
      }
    }
  }

  private static void turn(float[] rows, int n, float[] to) {
    for (int o = 0; o < WIDTH; o++) {
      for (int i = 0; i < n; i++) {
        to[i * WIDTH + o] = rows[o * COLUMNS + i];
      }
    }
  }

  private static void pair(float[] rows, int count, int n, short[] to) {
    Arrays.fill(to, (short) 0);
    for (int o = 0; o < count; o++) {
      for (int i = 0; i < n; i++) {
        to[(i / 2 * WIDTH + o) * 2 + i % 2] = Bf16.of(rows[o * COLUMNS + i]);
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

  /// Shorts of one panel of bf16.
  public int panelShorts() {
    return 2 * pairs(in) * WIDTH;
  }

  /// Sets a whole panel of bf16, see the picture above.
  ///
  /// @param first its first output, a multiple of [#WIDTH]
  public void putPanel(int first, short[] halves) {
    MemorySegment.copy(halves, 0, values, HALF, index(first, 0) * Short.BYTES, panelShorts());
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
