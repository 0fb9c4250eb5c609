package dev.steerage.schemas.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ActivationsCodecTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private final ActivationsEncoder encoder = new ActivationsEncoder();
  private final ActivationsDecoder decoder = new ActivationsDecoder();

  private static ModelShape model(int codes) {
    return new ModelShape(
        "tokfsm",
        List.of(
            new SiteShape(Site.parse("L0.attn.H0"), codes, 8, 4),
            new SiteShape(Site.parse("L0.mlp"), codes, 1, 16),
            new SiteShape(Site.parse("L1.mlp"), codes, 3, 16)),
        12,
        64);
  }

  private byte[] example(ModelShape model, int positions, Random random) {
    var header = new ActivationsHeader("acme", model, HASH, "r-1", 2, 7, List.of(0, 2));
    encoder.begin(header, 1_700_000_000_123L, 5);
    for (int i = 0; i < positions; i++) {
      encoder.position(random.nextInt(12));
      for (int slot = 0; slot < header.codesPerPosition(); slot++) {
        encoder.code(random.nextInt(model.sites().getFirst().codes()));
      }
    }
    if (positions > 0) {
      encoder.overwritten(2, 1, -1, "rule-a");
      encoder.overwritten(2, 2, 9, null);
      encoder.overwritten(2, 3, 4, "rule-b");
      encoder.overwritten(2, 3, 4, "rule-a");
    }
    encoder.encode();
    return encoder.toBytes();
  }

  @Test
  void shouldReadWhatWasWritten() {
    for (int codes : new int[] {3, 65_536, 65_537, 1_000_000}) {
      byte[] bytes = example(model(codes), 3, new Random(codes));
      assertThat(decoder.wrap(bytes)).isEmpty();
      assertThat(decoder.tenant()).isEqualTo("acme");
      assertThat(decoder.model()).isEqualTo("tokfsm");
      assertThat(decoder.request()).isEqualTo("r-1");
      assertThat(decoder.modelHashPrefix()).isEqualTo(0x0123456789abcdefL);
      assertThat(decoder.attempt()).isEqualTo(2);
      assertThat(decoder.promptLength()).isEqualTo(7);
      assertThat(decoder.firstPosition()).isEqualTo(5);
      assertThat(decoder.tickMs()).isEqualTo(1_700_000_000_123L);
      assertThat(decoder.sites()).isEqualTo(2);
      assertThat(decoder.siteIndex(1)).isEqualTo(2);
      assertThat(decoder.site(0)).hasToString("L0.attn.H0");
      assertThat(decoder.site(1)).hasToString("L1.mlp");
      Random random = new Random(codes);
      for (int i = 0; i < 3; i++) {
        assertThat(decoder.token(i)).isEqualTo(random.nextInt(12));
        for (int slot = 0; slot < 11; slot++) {
          int code =
              slot < 8 ? decoder.code(i, 0, slot) : decoder.code(i, 1, slot - decoder.slots(0));
          assertThat(code).isEqualTo(random.nextInt(codes));
        }
      }
      assertThat(decoder.overwritten()).isEqualTo(4);
      assertThat(decoder.overwrittenPosition(0)).isEqualTo(7);
      assertThat(decoder.overwrittenSiteIndex(0)).isEqualTo(2);
      assertThat(decoder.overwrittenSlot(0)).isEqualTo(1);
      assertThat(decoder.overwrittenEffective(0)).isEqualTo(-1);
      assertThat(decoder.overwrittenRule(0)).contains("rule-a");
      assertThat(decoder.overwrittenRule(1)).isEmpty();
      assertThat(decoder.overwrittenEffective(1)).isEqualTo(9);
      assertThat(decoder.overwrittenRule(2)).contains("rule-b");
      assertThat(decoder.overwrittenRule(3)).contains("rule-a");
    }
  }

  @Test
  void shouldBeUsableAgainAfterAMessage() {
    example(model(100), 200, new Random(1));
    byte[] first = example(model(100), 2, new Random(2));
    byte[] fresh = new ActivationsCodecTest().example(model(100), 2, new Random(2));
    assertThat(first).isEqualTo(fresh);
  }

  @Test
  void shouldCallEveryTruncationCorrupt() {
    byte[] bytes = example(model(100), 3, new Random(3));
    for (int length = 0; length < bytes.length; length++) {
      assertThat(decoder.wrap(Arrays.copyOf(bytes, length))).isPresent();
    }
    assertThat(decoder.wrap(Arrays.copyOf(bytes, bytes.length + 1))).isPresent();
  }

  @Test
  void shouldNeverThrowOrReadBeyondTheFrameWhenBytesAreDamaged() {
    long seed = 20_261_121;
    Random random = new Random(seed);
    byte[] good = example(model(100), 5, random);
    int accepted = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = damaged(good, random);
      UnsafeBuffer buffer = new UnsafeBuffer(bytes);
      if (decoder.wrap(buffer, 0, bytes.length).isEmpty()) {
        accepted++;
        readEverything();
      }
    }
    assertThat(accepted).as("seed %d", seed).isBetween(1, 199_999);
  }

  static byte[] damaged(byte[] good, Random random) {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes = Arrays.copyOf(good, good.length - (random.nextInt(4) == 0 ? 1 : 0));
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      bytes[random.nextInt(Math.min(bytes.length, 200))] = (byte) random.nextInt();
    }
    return bytes;
  }

  private void readEverything() {
    decoder.tenant();
    decoder.model();
    decoder.request();
    for (int i = 0; i < decoder.positions(); i++) {
      decoder.token(i);
      for (int site = 0; site < decoder.sites(); site++) {
        for (int slot = 0; slot < decoder.slots(site); slot++) {
          assertThat(decoder.code(i, site, slot)).isNotNegative();
        }
      }
    }
    for (int site = 0; site < decoder.sites(); site++) {
      decoder.site(site);
    }
    for (int i = 0; i < decoder.overwritten(); i++) {
      decoder.overwrittenRule(i);
    }
  }
}
