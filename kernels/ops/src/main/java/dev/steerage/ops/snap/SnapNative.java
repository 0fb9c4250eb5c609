package dev.steerage.ops.snap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import dev.steerage.ops.linear.Panels;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The snap in `snap.c`: the same panels and candidate rule as [SnapVector]; where the processor
/// has products of bf16, the scan rounds the rows too.
public final class SnapNative implements SnapKernel {
  private static final int ROWS = 64;

  /// Whether the chosen path scans with products of bf16.
  private static final boolean ROUNDED = NativeLibrary.multipliesBf16();

  private static final MethodHandle SCAN =
      NativeLibrary.kernel(
          "snap",
          FunctionDescriptor.ofVoid(
              ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG,
              JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle MEAN =
      NativeLibrary.kernel(
          "snap_mean",
          FunctionDescriptor.ofVoid(
              ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG),
          Linker.Option.critical(true));

  /// What one thread hands to C; grows to the largest depth it has seen.
  private static final class Scratch {
    private final MemorySegment depth = Arena.ofAuto().allocate(4L * ROWS, 64);
    private final MemorySegment bound = Arena.ofAuto().allocate(8L * ROWS, 64);
    private MemorySegment ids = MemorySegment.NULL;
    private MemorySegment room = MemorySegment.NULL;

    /// Room as snap.c lays it out.
    private void grow(int rows, int most, int width) {
      long perRow = 2L * most + 32;
      long rounded = ROWS * 2L * Panels.pairs(width) * Short.BYTES;
      long bytes = rounded + perRow * (Double.BYTES + Float.BYTES) + rows * perRow * 8L;
      if (room.byteSize() < bytes) {
        room = Arena.ofAuto().allocate(bytes, 64);
      }
      if (ids.byteSize() < 4L * rows * most) {
        ids = Arena.ofAuto().allocate(4L * rows * most, 64);
      }
    }
  }

  private record Codebook(CodePanels panels, MemorySegment norms) implements PackedCodebook {
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
    return new Codebook(panels, arena.allocateFrom(JAVA_DOUBLE, panels.norms()));
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
      block(own, mine, x, xOffset, xStride, r, block, depth, ids, idsOffset, idsStride);
    }
  }

  private void block(
      Codebook codebook,
      Scratch mine,
      MemorySegment x,
      long xOffset,
      int xStride,
      int firstRow,
      int rows,
      int[] depth,
      int[] ids,
      int idsOffset,
      int idsStride) {
    CodePanels panels = codebook.panels;
    int most = 0;
    for (int r = 0; r < rows; r++) {
      int n = depth[firstRow + r];
      long from = xOffset + (long) (firstRow + r) * xStride;
      double bound = n == 0 ? 0 : panels.bound(x, from, ROUNDED);
      if (bound != bound) {
        // A row whose magnitude the scan cannot bound: every code by its canonical score.
        int to = idsOffset + (firstRow + r) * idsStride;
        exact.scan(panels.exact(), x, from, 0, 1, new int[] {n}, ids, to, n);
        n = 0;
      }
      mine.depth.setAtIndex(JAVA_INT, r, n);
      mine.bound.setAtIndex(JAVA_DOUBLE, r, bound);
      most = Math.max(most, n);
    }
    if (most == 0) {
      return;
    }
    mine.grow(rows, most, codebook.width());
    try {
      SCAN.invokeExact(
          panels.panels().values(),
          panels.panels().bias(),
          panels.raw(),
          codebook.norms,
          codebook.codes(),
          codebook.width(),
          panels.similarity() == Similarity.EUCLIDEAN ? 1 : 0,
          x,
          xOffset + (long) firstRow * xStride,
          (long) xStride,
          rows,
          mine.depth,
          mine.bound,
          mine.ids,
          (long) most,
          mine.room);
    } catch (Throwable e) {
      throw new KernelException("snap", e);
    }
    for (int r = 0; r < rows; r++) {
      int n = mine.depth.getAtIndex(JAVA_INT, r);
      int to = idsOffset + (firstRow + r) * idsStride;
      MemorySegment.copy(mine.ids, JAVA_INT, 4L * r * most, ids, to, n);
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
    Codebook own = own(codebook);
    SnapKernel.checkMean(own, ids, offset, count, divisor, out, outOffset);
    try {
      MEAN.invokeExact(
          own.panels.raw(),
          own.width(),
          MemorySegment.ofArray(ids),
          offset,
          count,
          divisor,
          out,
          outOffset);
    } catch (Throwable e) {
      throw new KernelException("snap mean", e);
    }
  }

  @Override
  public double score(PackedCodebook codebook, MemorySegment x, long xOffset, int id) {
    return own(codebook).panels.score(x, xOffset, id);
  }

  private static Codebook own(PackedCodebook codebook) {
    if (codebook instanceof Codebook own) {
      return own;
    }
    throw new IllegalArgumentException("codebook: packed by another backend, limit=native");
  }
}
