package dev.steerage.ops.snap;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The heart of a codebook layer: the most similar codes of a row, and the mean of chosen codes.
///
/// **Canonical score**, in double, from the float32 inputs, sums in index order, one rounding per
/// operation: INNER_PRODUCT `(sum u_i c_i) / sqrt(sum c_i^2)`; EUCLIDEAN `-(sum (u_i - c_i)^2)`,
/// which ranks as the distance does. A score that is NaN, and every score of a code of norm 0 or of
/// a norm that is not finite under INNER_PRODUCT, counts as -infinity: such codes come last. Equal
/// scores: the lowest id first (0.0 and -0.0 are equal). This one number decides on every backend;
/// faster scans only nominate candidates, with a proven error bound. So ids are equal everywhere,
/// duplicated, flipped or all-equal codes and NaN rows included.
///
/// **Mean**: float32, `acc = acc + c` over the slots in order, then `acc / divisor`; an id of -1
/// adds nothing. The same bits on every backend.
///
/// Allocates nothing once a thread has seen its largest depth; safe from many threads. Errors:
/// [IllegalArgumentException] for shapes that disagree, an id or depth outside the codebook, memory
/// outside a segment, heap segments, or codes packed by another backend.
public interface SnapKernel {
  /// Prepares a codebook. `codes` is `[codes, width]` row-major from element 0; it must stay alive
  /// and unchanged as long as the result is used. Copies live in `arena`.
  PackedCodebook pack(
      MemorySegment codes, int count, int width, Similarity similarity, Arena arena);

  /// The `depth[r]` most similar codes of each row, best first, into `ids[idsOffset + r * idsStride
  /// ...]`.
  ///
  /// x: `[rows, width]`, already layer-normalised. A depth lies between 0 and the number of codes,
  /// and is no more than idsStride where there is more than one row. Elements of `ids` past a row's
  /// depth keep their value.
  void scan(
      PackedCodebook codebook,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int[] depth,
      int[] ids,
      int idsOffset,
      int idsStride);

  /// The sum of the codes `ids[offset .. offset + count)` divided by `divisor`, into `[width]` of
  /// `out`. An id may be -1: it adds nothing, and the divisor stays.
  void mean(
      PackedCodebook codebook,
      int[] ids,
      int offset,
      int count,
      int divisor,
      MemorySegment out,
      long outOffset);

  /// The canonical score of one code for one row.
  double score(PackedCodebook codebook, MemorySegment x, long xOffset, int id);

  /// Checks what [#pack] was given.
  static void checkPack(MemorySegment codes, int count, int width) {
    if (count < 1 || width < 1) {
      throw new IllegalArgumentException(
          "codebook: codes=" + count + ", width=" + width + ", limit=1");
    }
    Floats.check("codes", codes, 0, width, count, width);
  }

  /// Checks what [#scan] was given.
  static void checkScan(
      PackedCodebook codebook,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int[] depth,
      int[] ids,
      int idsOffset,
      int idsStride) {
    Floats.check("x", x, xOffset, xStride, rows, codebook.width());
    for (int r = 0; r < rows; r++) {
      int limit = rows > 1 ? Math.min(codebook.codes(), idsStride) : codebook.codes();
      if (depth[r] < 0 || depth[r] > limit) {
        throw new IllegalArgumentException("depth: value=" + depth[r] + ", limit=" + limit);
      }
      long from = idsOffset + (long) r * idsStride;
      if (from < 0 || from + depth[r] > ids.length) {
        throw new IllegalArgumentException(
            "ids: end=" + (from + depth[r]) + ", limit=" + ids.length);
      }
    }
  }

  /// Checks what [#mean] was given.
  static void checkMean(
      PackedCodebook codebook,
      int[] ids,
      int offset,
      int count,
      int divisor,
      MemorySegment out,
      long outOffset) {
    Floats.check("out", out, outOffset, codebook.width(), 1, codebook.width());
    if (count < 0 || divisor < 1) {
      throw new IllegalArgumentException(
          "mean: count=" + count + ", divisor=" + divisor + ", limit=1");
    }
    for (int i = 0; i < count; i++) {
      int id = ids[offset + i];
      if (id < -1 || id >= codebook.codes()) {
        throw new IllegalArgumentException("id: value=" + id + ", limit=" + codebook.codes());
      }
    }
  }
}
