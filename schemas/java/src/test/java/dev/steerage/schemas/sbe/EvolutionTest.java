package dev.steerage.schemas.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.sbe.activations.ActivationsFrameDecoder;
import dev.steerage.schemas.sbe.activations.HistogramFrameDecoder;
import dev.steerage.schemas.sbe.activations.MessageHeaderDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A writer of a later version has longer blocks and more data at the end; today's reader skips
/// both.
class EvolutionTest {
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
  private static final int GROUP = 4;
  private static final SiteShape SITE = new SiteShape(Site.parse("L0.mlp"), 400, 2, 64);

  @Test
  void shouldReadActivationsOfALaterVersion() {
    ActivationsEncoder encoder = new ActivationsEncoder();
    ModelShape model = new ModelShape("m", List.of(SITE), 11, 128);
    encoder.begin(
        new ActivationsHeader("acme", model, "00".repeat(32), "r", 1, 1, List.of(0)), 7, 0);
    encoder.position(5);
    encoder.code(300);
    encoder.code(2);
    encoder.encode();
    ActivationsDecoder decoder = new ActivationsDecoder();
    byte[] later =
        later(
            encoder.toBytes(),
            ActivationsFrameDecoder.BLOCK_LENGTH,
            ActivationsFrameDecoder.SitesDecoder.sbeBlockLength());
    assertThat(decoder.wrap(later)).isEmpty();
    assertThat(decoder.request()).isEqualTo("r");
    assertThat(decoder.site(0)).isEqualTo(SITE.site());
    assertThat(decoder.token(0)).isEqualTo(5);
    assertThat(decoder.code(0, 0, 0)).isEqualTo(300);
    assertThat(decoder.code(0, 0, 1)).isEqualTo(2);
  }

  @Test
  void shouldReadHistogramsOfALaterVersion() {
    HistogramEncoder encoder = new HistogramEncoder();
    encoder.begin(new HistogramHeader("acme", "m", "00".repeat(32), "w", 0), 7, 3);
    encoder.site(0, SITE, new int[] {1, 399}, new int[] {2, 300}, 2, 1);
    encoder.encode();
    HistogramDecoder decoder = new HistogramDecoder();
    byte[] later =
        later(
            encoder.toBytes(),
            HistogramFrameDecoder.BLOCK_LENGTH,
            HistogramFrameDecoder.SitesDecoder.sbeBlockLength());
    assertThat(decoder.wrap(later)).isEmpty();
    assertThat(decoder.worker()).isEqualTo("w");
    assertThat(decoder.code(0, 1)).isEqualTo(399);
    assertThat(decoder.count(0, 1)).isEqualTo(300);
  }

  /// The bytes of a writer with 4 more bytes in the block, 2 more per site, and 3 more at the end.
  private static byte[] later(byte[] today, int block, int site) {
    ByteBuffer from = ByteBuffer.wrap(today).order(ByteOrder.LITTLE_ENDIAN);
    int version = from.getShort(6);
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    from.putShort(0, (short) (block + 4));
    from.putShort(6, (short) (version + 1));
    from.putShort(HEADER + block, (short) (site + 2));
    to.write(today, 0, HEADER + block);
    to.write(new byte[] {9, 9, 9, 9}, 0, 4);
    int sites = HEADER + block;
    to.write(today, sites, GROUP + site);
    to.write(new byte[] {9, 9}, 0, 2);
    int rest = sites + GROUP + site;
    to.write(today, rest, today.length - rest);
    to.write(new byte[] {1, 0, 9}, 0, 3);
    return to.toByteArray();
  }
}
