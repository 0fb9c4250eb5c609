package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Look-ups of 8 of 10,000 codes on one thread: of one codebook again and again, and of codebooks
/// that were not touched since many others were.
final class SnapSpeed implements Speed.Program {
  private static final int CODES = 10_000;
  private static final int DEPTH = 8;
  private static final double SECONDS = 2;

  /// Distinct codes of the cold runs, more than the caches hold.
  private static final long COLD_BYTES = 512L << 20;

  @Override
  public void run(Speed.Setting setting, Report report) throws IOException, InterruptedException {
    Backend backend = Backends.byName("auto");
    MachineLimits limits = MachineLimits.measure(setting, 1);
    report.line("");
    report.line(limits + ". Backend " + backend.name() + "/" + backend.instructionPath() + ".");
    report.line(
        "Microseconds per call: median (best, 90th percentile); candidates, canonical scores and"
            + " order included. Share: bytes of the codes (bf16) per median, of the bandwidth.");
    report.head("width", "rows", "hot", "cold", "share of the bandwidth, cold");
    for (int width : new int[] {32, 64, 1024}) {
      measure(width, backend, limits, report);
    }
  }

  private static void measure(int width, Backend backend, MachineLimits limits, Report report) {
    long bytes = (long) CODES * width * Short.BYTES;
    PackedCodebook[] books = new PackedCodebook[(int) Math.ceilDiv(COLD_BYTES, bytes)];
    try (Arena arena = Arena.ofShared()) {
      MemorySegment numbers = RandomModel.normal(arena, (long) CODES * width);
      for (int i = 0; i < books.length; i++) {
        MemorySegment codes = arena.allocate(numbers.byteSize(), 64).copyFrom(numbers);
        books[i] = backend.snap().pack(codes, CODES, width, Similarity.INNER_PRODUCT, arena);
      }
      MemorySegment x = RandomModel.normal(arena, 64L * width);
      int[] depth = new int[64];
      Arrays.fill(depth, DEPTH);
      int[] ids = new int[64 * DEPTH];
      int[] next = {0};
      for (int rows : new int[] {1, 8, 64}) {
        Times hot =
            Times.of(
                SECONDS / 2,
                () -> backend.snap().scan(books[0], x, 0, width, rows, depth, ids, 0, DEPTH));
        Times cold =
            Times.of(
                SECONDS,
                () -> {
                  next[0] = (next[0] + 1) % books.length;
                  backend.snap().scan(books[next[0]], x, 0, width, rows, depth, ids, 0, DEPTH);
                });
        double share = bytes / cold.medianNs() / limits.gigabytesPerSecond();
        report.row(width, rows, hot.micros(), cold.micros(), "%.0f %%".formatted(100 * share));
      }
    }
  }
}
