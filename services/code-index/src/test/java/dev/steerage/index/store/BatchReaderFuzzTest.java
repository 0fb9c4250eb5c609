package dev.steerage.index.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.testkit.ForAll;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class BatchReaderFuzzTest {
  private final IndexMetrics metrics = new IndexMetrics();
  private final CodeIndex index = new CodeIndex(IndexLimits.defaults(), metrics);
  private final BatchReader reader = new BatchReader(index);

  BatchReaderFuzzTest() {
    index.modelSeen(Frames.model());
    index.tenantSeen("acme");
  }

  private Optional<String> read(byte[] bytes, int offset, int length) {
    return reader.read(new UnsafeBuffer(bytes), offset, length);
  }

  @Test
  void shouldRefuseEveryTruncation() {
    ForAll.cases(20)
        .check(
            random -> {
              byte[] bytes = new Message("acme", "r", 1, 0, Frames.places(random, 5)).encode();
              assertThat(read(bytes, 0, bytes.length)).isEmpty();
              for (int length = 0; length < bytes.length; length++) {
                assertThat(read(bytes, 0, length)).as("length=%d", length).isPresent();
              }
            });
  }

  @Test
  void shouldSurviveFlippedBytesAndKeepTheIndexConsistent() {
    ForAll.cases(3_000)
        .check(
            random -> {
              byte[] bytes = new Message("acme", "r", 1, 0, Frames.places(random, 5)).encode();
              for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
              }
              if (read(bytes, 0, bytes.length).isEmpty()) {
                index.live(reader.tenant(), reader.model(), reader.batch(), 1);
                index.committed("acme", reader.model(), reader.batch(), 1);
              }
            });
    index.expireOverlay(Long.MAX_VALUE / 2);
    assertThat(metrics.get(IndexMetric.LIVE_POSITIONS)).isZero();
  }

  @Test
  void shouldRefuseRandomBytes() {
    ForAll.cases(3_000)
        .check(
            random -> {
              byte[] bytes = new byte[random.nextInt(400)];
              random.nextBytes(bytes);
              assertThat(read(bytes, 0, bytes.length)).isPresent();
            });
  }
}
