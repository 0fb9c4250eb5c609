package dev.steerage.ops.reduction;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Sums over tensors.
///
/// Bits: [#add] and [#columns] are one addition per element, rows in order; [#squares] adds chunks
/// of 1024 elements in the order of [dev.steerage.ops.Stripes] over `fma(x, x, acc)`, chunk sums in
/// double in order. Every backend gives the same bits. Allocates nothing; safe from many threads
/// for distinct outputs. Errors: [IllegalArgumentException] for memory outside a segment or heap
/// segments.
public interface ReductionKernel {
  /// Elements added up in float32 before a sum goes on in double.
  int CHUNK = 1024;

  /// `to[r] += from[r]`, `[rows, width]` each with strides.
  void add(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      MemorySegment to,
      long toOffset,
      long toStride,
      int rows,
      int width);

  /// `to[i] += sum over rows of from[r, i]`: the gradient of a bias.
  void columns(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      int rows,
      int width,
      MemorySegment to,
      long toOffset);

  /// The sum of the squares of `count` elements.
  double squares(MemorySegment x, long offset, int count);

  /// Checks what [#add] was given.
  static void checkAdd(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      MemorySegment to,
      long toOffset,
      long toStride,
      int rows,
      int width) {
    Floats.check("from", from, fromOffset, fromStride, rows, width);
    Floats.check("to", to, toOffset, toStride, rows, width);
  }
}
