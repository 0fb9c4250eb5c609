package dev.steerage.index.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import dev.steerage.testkit.ForAll;
import java.util.List;
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
                index.committed("acme", reader.model(), reader.batch(), new Origin(1, 0, 0));
              }
            });
    index.expireOverlay(Long.MAX_VALUE / 2);
    assertThat(metrics.get(IndexMetric.LIVE_POSITIONS)).isZero();
  }

  @Test
  void shouldReadARecordOfMoreCodesThanAnyBefore() {
    var wide =
        new ModelShape(
            "wide",
            List.of(new SiteShape(Site.parse("L0.mlp"), 70_000, 200, 4)),
            Frames.VOCABULARY,
            Frames.MAX_POSITIONS);
    index.modelSeen(new KnownModel(wide, Frames.HASH));
    var header = new ActivationsHeader("acme", wide, Frames.HASH, "r", 1, 1, List.of(0));
    var encoder = new ActivationsEncoder().begin(header, 1, 0);
    for (int i = 0; i < 30; i++) {
      encoder.position(i);
      for (int slot = 0; slot < 200; slot++) {
        encoder.code(i * 1_000 + slot * 50);
      }
    }
    encoder.encode();
    byte[] bytes = encoder.toBytes();

    assertThat(read(bytes, 0, bytes.length)).isEmpty();
    assertThat(reader.batch().codes()[29 * 200 + 199]).isEqualTo(29_000 + 199 * 50);
    assertThat(reader.batch().codes()[0]).isZero();
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
