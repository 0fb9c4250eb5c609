package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.Evaluation;
import dev.steerage.transformer.evaluation.Evaluator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model of the size that the authors publish: 2.7 GB, made for this test and deleted after it.
/// What it measures is written to `target/large-checkpoint.txt`.
@Tag("long")
class LargeCheckpointTest {
  private static final double RESIDENT_MOST = 1.3;
  private static final double GIGA = 1e9;

  @TempDir Path folder;

  @Test
  void shouldLoadWithLittleMoreMemoryThanItsWeights() throws IOException, InterruptedException {
    assumeThat(Files.getFileStore(folder).getUsableSpace())
        .as("free bytes in " + folder)
        .isGreaterThan(2 * LargeCheckpoint.TENSOR_BYTES);
    LargeCheckpoint.write(folder);
    Path weights = folder.resolve("model.safetensors");
    StringBuilder report = new StringBuilder();

    boolean isCold = forget(weights);
    double readS = read(weights);
    forget(weights);
    long before = resident();
    long startNs = System.nanoTime();
    try (CodebookTransformer model = CodebookTransformer.load(folder, Backends.byName("auto"))) {
      double loadS = (System.nanoTime() - startNs) / GIGA;
      long resident = resident() - before;
      assertThat(model.sites()).hasSize(LargeCheckpoint.LAYERS * LargeCheckpoint.HEADS);
      Evaluation found;
      long used;
      try (Evaluator evaluator = new Evaluator(model, 64)) {
        evaluator.add(tokens());
        used = resident() - before;
        // Norms of all codes are asked for here, which reads every code.
        found = evaluator.result();
      }
      report.append(
          """
          file %.3f GB, page cache %s
          read alone %.2f s = %.2f GB/s; load (read, hash, check, pack) %.2f s = %.2f GB/s
          resident after load %.3f GB = %.2f x the weights; after 64 tokens %.3f GB
          numeric class %s
          """
              .formatted(
                  Files.size(weights) / GIGA,
                  isCold ? "dropped before each" : "not dropped",
                  readS,
                  Files.size(weights) / GIGA / readS,
                  loadS,
                  Files.size(weights) / GIGA / loadS,
                  resident / GIGA,
                  (double) resident / LargeCheckpoint.TENSOR_BYTES,
                  used / GIGA,
                  model.numericClass()));
      Files.writeString(Path.of("target", "large-checkpoint.txt"), report);
      assertThat(found.loss()).isFinite().isPositive();
      assertThat(found.sites()).allMatch(site -> site.usedCodes() >= 8);
      if (before > 0) {
        assertThat((double) used).isLessThan(RESIDENT_MOST * LargeCheckpoint.TENSOR_BYTES);
      }
    }
    CheckpointReport verified = CheckpointReport.of(folder, (bytes, all) -> {});
    assertThat(verified.notFinite()).isEmpty();
    assertThat(verified.values()).isEqualTo(405_334_016L + 24 * 16 * (640_000L + 128));
    assertThat(Files.size(weights) - LargeCheckpoint.TENSOR_BYTES).isBetween(8L, 1_000_000L);
  }

  private static int[] tokens() {
    int[] tokens = new int[64];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i * 785;
    }
    return tokens;
  }

  private static double read(Path file) throws IOException {
    long startNs = System.nanoTime();
    ByteBuffer part = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel in = FileChannel.open(file)) {
      while (in.read(part.clear()) >= 0) {
        assertThat(part.position()).isPositive();
      }
    }
    return (System.nanoTime() - startNs) / GIGA;
  }

  /// Asks the system to forget the file's pages, as far as a user can.
  private static boolean forget(Path file) throws InterruptedException {
    try {
      Process sync = new ProcessBuilder("sync", file.toString()).start();
      Process drop =
          new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none").start();
      return sync.waitFor(120, TimeUnit.SECONDS)
          && drop.waitFor(60, TimeUnit.SECONDS)
          && drop.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// Resident bytes of this process; 0 where the system does not say.
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D+", "")))
        .findFirst()
        .orElse(0);
  }
}
