package dev.steerage.ops.snap;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The snap as its definition: every code gets its canonical score, and a list sorted by insertion
/// keeps the best.
public final class SnapReference implements SnapKernel {
  @Override
  public PackedCodebook pack(
      MemorySegment codes, int count, int width, Similarity similarity, Arena arena) {
    SnapKernel.checkPack(codes, count, width);
    double[] norms = new double[count];
    float[] code = new float[width];
    for (int id = 0; id < count; id++) {
      MemorySegment.copy(codes, Floats.LAYOUT, (long) id * width * Float.BYTES, code, 0, width);
      norms[id] = CanonicalScore.norm(code);
    }
    return pack(codes, norms, width, similarity);
  }

  /// Codes whose norms are known.
  static PackedCodebook pack(
      MemorySegment codes, double[] norms, int width, Similarity similarity) {
    return new UnpackedCodebook(codes, norms, norms.length, width, similarity);
  }

  @Override
  public void scan(
      PackedCodebook codebook,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int[] depth,
      int[] ids,
      int idsOffset,
      int idsStride) {
    UnpackedCodebook own = own(codebook);
    SnapKernel.checkScan(own, x, xOffset, xStride, rows, depth, ids, idsOffset, idsStride);
    for (int r = 0; r < rows; r++) {
      long from = xOffset + (long) r * xStride;
      int to = idsOffset + r * idsStride;
      double[] best = new double[depth[r]];
      int found = 0;
      for (int id = 0; id < own.codes(); id++) {
        double score = score(own, x, from, id);
        int at = found;
        // Strictly greater only: an equal score stays behind the lower id.
        while (at > 0 && score > best[at - 1]) {
          at--;
        }
        if (at == depth[r]) {
          continue;
        }
        int last = Math.min(found, depth[r] - 1);
        for (int i = last; i > at; i--) {
          best[i] = best[i - 1];
          ids[to + i] = ids[to + i - 1];
        }
        best[at] = score;
        ids[to + at] = id;
        found = last + 1;
      }
    }
  }

  @Override
  public void mean(
      PackedCodebook codebook,
      int[] ids,
      int offset,
      int count,
      int divisor,
      MemorySegment out,
      long outOffset) {
    UnpackedCodebook own = own(codebook);
    SnapKernel.checkMean(own, ids, offset, count, divisor, out, outOffset);
    CodeMean.mean(own.values(), own.width(), 0, ids, offset, count, divisor, out, outOffset);
  }

  @Override
  public double score(PackedCodebook codebook, MemorySegment x, long xOffset, int id) {
    UnpackedCodebook own = own(codebook);
    return switch (own.similarity()) {
      case INNER_PRODUCT ->
          CanonicalScore.innerProduct(x, xOffset, own.values(), id, own.width(), own.norms()[id]);
      case EUCLIDEAN -> CanonicalScore.euclidean(x, xOffset, own.values(), id, own.width());
    };
  }

  private static UnpackedCodebook own(PackedCodebook codebook) {
    if (codebook instanceof UnpackedCodebook own) {
      return own;
    }
    throw new IllegalArgumentException("codebook: packed by another backend, limit=reference");
  }
}
