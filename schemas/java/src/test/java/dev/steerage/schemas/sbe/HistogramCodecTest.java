package dev.steerage.schemas.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramCodecTest {
  private static final HistogramHeader HEADER =
      new HistogramHeader("acme", "stories", "ff".repeat(32), "worker-1", 1);
  private final HistogramEncoder encoder = new HistogramEncoder();
  private final HistogramDecoder decoder = new HistogramDecoder();

  private byte[] example(int codes, int largest, Random random) {
    encoder.begin(HEADER, 42, 1000);
    for (int site = 16; site < 19; site++) {
      int[] ids = random.ints(0, codes).distinct().limit(site - 15).sorted().toArray();
      int[] counts = random.ints(ids.length, 1, largest + 1).toArray();
      counts[0] = largest;
      SiteShape shape = new SiteShape(Site.parse("L" + site + ".mlp"), codes, 32, 64);
      encoder.site(site, shape, ids, counts, ids.length, site);
    }
    encoder.encode();
    return encoder.toBytes();
  }

  @Test
  void shouldReadWhatWasWritten() {
    for (int codes : new int[] {3, 65_536, 65_537, 1_000_000}) {
      for (int largest : new int[] {1, 255, 256, 65_535, 65_536, Integer.MAX_VALUE - 1}) {
        assertThat(decoder.wrap(example(codes, largest, new Random(codes)))).isEmpty();
        assertThat(decoder.tenant()).isEqualTo("acme");
        assertThat(decoder.model()).isEqualTo("stories");
        assertThat(decoder.worker()).isEqualTo("worker-1");
        assertThat(decoder.tickMs()).isEqualTo(42);
        assertThat(decoder.positions()).isEqualTo(1000);
        assertThat(decoder.siteBlock()).isEqualTo(1);
        assertThat(decoder.modelHashPrefix()).isEqualTo(-1L);
        assertThat(decoder.sites()).isEqualTo(3);
        Random random = new Random(codes);
        for (int site = 0; site < 3; site++) {
          assertThat(decoder.site(site)).hasToString("L" + (16 + site) + ".mlp");
          assertThat(decoder.siteIndex(site)).isEqualTo(16 + site);
          assertThat(decoder.codes(site)).isEqualTo(codes);
          assertThat(decoder.slots(site)).isEqualTo(32);
          assertThat(decoder.steered(site)).isEqualTo(16 + site);
          int[] ids = random.ints(0, codes).distinct().limit(site + 1L).sorted().toArray();
          int[] counts = random.ints(ids.length, 1, largest + 1).toArray();
          counts[0] = largest;
          long[] totals = new long[codes];
          decoder.addTo(site, totals);
          for (int i = 0; i < ids.length; i++) {
            assertThat(decoder.code(site, i)).isEqualTo(ids[i]);
            assertThat(decoder.count(site, i)).isEqualTo(counts[i]);
            assertThat(totals[ids[i]]).isEqualTo(counts[i]);
          }
          assertThat(decoder.natural(site)).isEqualTo(Arrays.stream(totals).sum());
        }
      }
    }
  }

  @Test
  void shouldCallEveryTruncationCorrupt() {
    byte[] bytes = example(100, 300, new Random(3));
    for (int length = 0; length < bytes.length; length++) {
      assertThat(decoder.wrap(Arrays.copyOf(bytes, length))).isPresent();
    }
    assertThat(decoder.wrap(Arrays.copyOf(bytes, bytes.length + 1))).isPresent();
  }

  @Test
  void shouldCallAnotherMessageCorrupt() {
    assertThat(new ActivationsDecoder().wrap(example(100, 1, new Random(1)))).isPresent();
  }

  @Test
  void shouldCallCountsThatDoNotAddUpCorrupt() {
    byte[] bytes = example(100, 1, new Random(3));
    bytes[bytes.length - 1]++;
    assertThat(decoder.wrap(bytes)).contains(new Corrupt("counts: sum"));
  }

  @Test
  void shouldNeverThrowOrReadBeyondTheFrameWhenBytesAreDamaged() {
    long seed = 20_261_121;
    Random random = new Random(seed);
    byte[] good = example(100, 300, random);
    int accepted = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = ActivationsCodecTest.damaged(good, random);
      if (decoder.wrap(bytes).isEmpty()) {
        accepted++;
        for (int site = 0; site < decoder.sites(); site++) {
          decoder.site(site);
          for (int i = 0; i < decoder.entries(site); i++) {
            assertThat(decoder.code(site, i)).isBetween(0, decoder.codes(site) - 1);
          }
        }
        decoder.tenant();
        decoder.worker();
      }
    }
    assertThat(accepted).as("seed %d", seed).isBetween(1, 199_999);
  }
}
