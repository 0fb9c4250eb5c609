package dev.steerage.ops.linear;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An affine map of rows: `y[r] = W x[r] + b`.
///
/// Bits: `y[r, o]` is one chain of fused multiply-adds, `acc = b[o]` (or 0), then `acc = fma(W[o,
/// i], x[r, i], acc)` for i = 0, 1, …, where W is float32 or, for [WeightType#BF16], rounded to
/// bf16; every backend keeps that chain, so every backend gives the same bits, whatever `rows` is
/// and however the outputs are shared between threads. NaN and infinities follow IEEE 754.
///
/// One numeric class has an order of its own, `native` on `amx` with [WeightType#BF16]: x is split
/// into its bf16 h and the bf16 l of `x - h` (0 where h is not finite), sixteen significant bits
/// together. Inputs, filled up with zeros, are taken 32 at a time; per 32 `acc = acc + dot(W, h)`,
/// then `acc = acc + dot(W, l)`, where `dot` makes one chain of fused multiply-adds of the even and
/// one of the odd elements, each from 0, and adds the two; subnormals count as 0 before and after
/// every operation. That is what the tile instruction does, at any number of rows.
///
/// So has `cuda` with [WeightType#BF16]: x is rounded to bf16; inputs, filled up with zeros, come
/// in chunks of 32, and the chunks in eight parts of equal length, the last shorter or empty; a
/// part is a chain of two tensor core operations per chunk from 0, and y is b, to which the parts
/// are added one by one in float32. What a tensor core does with the sixteen products of one
/// operation is the device's own.
///
/// Allocates nothing in `apply` once a thread has seen the widest input; safe from many threads for
/// distinct outputs. Errors: [IllegalArgumentException] for shapes that disagree, memory outside a
/// segment, heap segments, or weights packed by another backend.
public interface LinearKernel {
  /// Outputs `first` of [#apply] have to be multiples of this.
  int PANEL = Panels.WIDTH;

  /// Prepares a weight. `weight` is `[out, in]` row-major float32 from element 0, `bias` `[out]` or
  /// null; what [#readsSource] says goes for both. Copies live in `arena`.
  PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena);

  /// [#pack] by the threads of a team, which changes no bit.
  default PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena,
      Team team) {
    return pack(weight, biasOrNull, out, in, type, arena);
  }

  /// Whether packed weights go on reading what they were packed from, which then has to stay alive
  /// and unchanged.
  default boolean readsSource() {
    return false;
  }

  /// [#pack] with weights kept as float32.
  default PackedLinear pack(
      MemorySegment weight, MemorySegment biasOrNull, int out, int in, Arena arena) {
    return pack(weight, biasOrNull, out, in, WeightType.F32, arena);
  }

  /// `x` is `[rows, in]` with `xStride` elements from row to row, `y` `[rows, out]` with `yStride`;
  /// offsets in elements; x and y may not overlap.
  default void apply(
      PackedLinear weights,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    apply(weights, 0, weights.out(), x, xOffset, xStride, rows, y, yOffset, yStride);
  }

  /// Outputs `[first, limit)` of [#apply], at the same places of y; `first` is a multiple of
  /// [#PANEL], and so is `limit` unless it is the number of outputs.
  void apply(
      PackedLinear weights,
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride);

  /// Checks what [#pack] was given.
  static void checkPack(MemorySegment weight, MemorySegment biasOrNull, int out, int in) {
    Floats.check("weight", weight, 0, in, out, in);
    if (biasOrNull != null) {
      Floats.check("bias", biasOrNull, 0, out, 1, out);
    }
  }

  /// Checks what [#apply] was given.
  static void checkApply(
      PackedLinear weights,
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    Floats.check("x", x, xOffset, xStride, rows, weights.in());
    Floats.check("y", y, yOffset, yStride, rows, weights.out());
    int out = weights.out();
    if (first < 0 || first % PANEL != 0 || limit > out || limit < out && limit % PANEL != 0) {
      throw new IllegalArgumentException(
          "outputs: first=" + first + ", end=" + limit + ", limit=multiples of 16 up to " + out);
    }
  }
}
