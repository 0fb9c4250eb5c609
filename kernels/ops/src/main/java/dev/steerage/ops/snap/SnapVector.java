package dev.steerage.ops.snap;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.SPECIES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.load;
import static dev.steerage.ops.LanesVector.store;

import dev.steerage.ops.linear.ProductVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The snap on registers: a scan of the bf16 panels of [CodePanels] nominates, the canonical score
/// decides.
///
/// Scores of 128 codes by up to four rows pass through a tile that stays in the first cache, where
/// one compare per register finds the few that beat a row's cut; no score matrix exists. Reads
/// every code once per 64 rows from memory and once per four rows from the second cache.
public final class SnapVector implements SnapKernel {
  private static final int TILE = 128;
  private static final int ROWS = 64;

  /// What one thread needs; written and read by that thread alone.
  private static final class Scratch {
    private final float[] tile = new float[4 * TILE];
    private final Candidates[] rows = new Candidates[ROWS];

    private Scratch() {
      for (int r = 0; r < ROWS; r++) {
        rows[r] = new Candidates();
      }
    }
  }

  /// What this backend packs.
  private record Codebook(CodePanels panels, ProductVector product) implements PackedCodebook {
    @Override
    public int codes() {
      return panels.codes();
    }

    @Override
    public int width() {
      return panels.width();
    }

    @Override
    public Similarity similarity() {
      return panels.similarity();
    }
  }

  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private final SnapReference exact = new SnapReference();

  @Override
  public PackedCodebook pack(
      MemorySegment codes, int count, int width, Similarity similarity, Arena arena) {
    SnapKernel.checkPack(codes, count, width);
    CodePanels panels = CodePanels.of(codes, count, width, similarity, arena);
    return new Codebook(panels, ProductVector.of(panels.panels()));
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
    Codebook own = own(codebook);
    SnapKernel.checkScan(own, x, xOffset, xStride, rows, depth, ids, idsOffset, idsStride);
    Scratch mine = scratch.get();
    for (int r = 0; r < rows; r += ROWS) {
      int block = Math.min(ROWS, rows - r);
      long from = xOffset + (long) r * xStride;
      block(own, mine, x, from, xStride, r, block, depth, ids, idsOffset, idsStride);
    }
  }

  private void block(
      Codebook codebook,
      Scratch mine,
      MemorySegment x,
      long from,
      int xStride,
      int firstRow,
      int rows,
      int[] depth,
      int[] ids,
      int idsOffset,
      int idsStride) {
    int trusted = 0;
    for (int r = 0; r < rows; r++) {
      double bound = codebook.panels.bound(x, from + (long) r * xStride, false);
      int n = depth[firstRow + r];
      if (bound != bound && n > 0) {
        int at = idsOffset + (firstRow + r) * idsStride;
        rank(codebook, x, from + (long) r * xStride, n, ids, at);
        mine.rows[r].begin(codebook.panels, x, from, 0, 0);
      } else {
        mine.rows[r].begin(codebook.panels, x, from + (long) r * xStride, n, bound);
        trusted += n > 0 ? 1 : 0;
      }
    }
    if (trusted == 0) {
      return;
    }
    int padded = codebook.panels.panels().paddedOut();
    for (int o = 0; o < padded; o += TILE) {
      int limit = Math.min(padded, o + TILE);
      for (int r = 0; r < rows; r += 4) {
        int few = Math.min(4, rows - r);
        long at = from + (long) r * xStride;
        codebook.product.product(o, limit, x, at, xStride, few, mine.tile, 0, TILE);
        for (int i = 0; i < few; i++) {
          nominate(mine.tile, i * TILE, o, limit, codebook.codes(), mine.rows[r + i]);
        }
      }
    }
    for (int r = 0; r < rows; r++) {
      mine.rows[r].finish(ids, idsOffset + (firstRow + r) * idsStride);
    }
  }

  /// Offers every code of the tile that is not below the row's cut.
  private static void nominate(
      float[] tile, int at, int first, int limit, int codes, Candidates row) {
    if (row.isClosed()) {
      return;
    }
    float cut = row.cut();
    for (int o = first; o < limit; o += LANES) {
      FloatVector scores = FloatVector.fromArray(SPECIES, tile, at + o - first);
      VectorMask<Float> hits = scores.compare(VectorOperators.GE, cut);
      if (hits.anyTrue()) {
        for (long left = hits.toLong(); left != 0; left &= left - 1) {
          int id = o + Long.numberOfTrailingZeros(left);
          float score = tile[at + id - first];
          if (id < codes && score >= row.cut()) {
            row.offer(id, score);
          }
        }
        cut = row.cut();
      }
    }
  }

  /// A row whose magnitude the scan cannot bound: every code by its canonical score.
  private void rank(Codebook codebook, MemorySegment x, long from, int n, int[] ids, int at) {
    exact.scan(codebook.panels.exact(), x, from, 0, 1, new int[] {n}, ids, at, n);
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
    Codebook own = own(codebook);
    SnapKernel.checkMean(own, ids, offset, count, divisor, out, outOffset);
    MemorySegment raw = own.panels.raw();
    int width = own.width();
    int i = 0;
    for (; i + LANES <= width; i += LANES) {
      FloatVector acc = broadcast(0f);
      for (int slot = 0; slot < count; slot++) {
        int id = ids[offset + slot];
        acc = id < 0 ? acc : acc.add(load(raw, (long) id * width + i));
      }
      store(acc.div(divisor), out, outOffset + i);
    }
    CodeMean.mean(raw, width, i, ids, offset, count, divisor, out, outOffset);
  }

  @Override
  public double score(PackedCodebook codebook, MemorySegment x, long xOffset, int id) {
    return own(codebook).panels.score(x, xOffset, id);
  }

  private static Codebook own(PackedCodebook codebook) {
    if (codebook instanceof Codebook own) {
      return own;
    }
    throw new IllegalArgumentException("codebook: packed by another backend, limit=vector");
  }
}
