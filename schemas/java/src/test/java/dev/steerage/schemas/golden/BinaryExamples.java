package dev.steerage.schemas.golden;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.sbe.HistogramEncoder;
import dev.steerage.schemas.sbe.HistogramHeader;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Stream;

/// What the golden SBE messages say.
final class BinaryExamples {
  private static final String HASH = "0123456789abcdef".repeat(4);

  private BinaryExamples() {}

  /// One golden encoding and how everything in it is written out.
  record Example(String file, byte[] bytes, Function<byte[], String> describe) {
    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Example> all() {
    return Stream.of(
        activations("activations/v1-narrow.bin", 400),
        activations("activations/v1-wide.bin", 100_000),
        histogram("histogram/v1-narrow.bin", 400, 7),
        histogram("histogram/v1-wide.bin", 100_000, 70_000));
  }

  private static Example activations(String file, int codes) {
    ModelShape model =
        new ModelShape(
            "tokfsm",
            List.of(
                new SiteShape(Site.parse("L0.attn.H1"), codes, 2, 16),
                new SiteShape(Site.parse("L0.mlp"), codes, 1, 64)),
            11,
            128);
    ActivationsEncoder encoder = new ActivationsEncoder();
    encoder.begin(
        new ActivationsHeader("acme", model, HASH, "r-17", 2, 4, List.of(0, 1)),
        1_700_000_000_123L,
        3);
    for (int position = 3; position < 6; position++) {
      encoder.position(position + 1);
      for (int slot = 0; slot < 3; slot++) {
        encoder.code((codes - 1) / (position + slot));
      }
    }
    encoder.overwritten(1, 0, 17, "calm-dragons");
    encoder.overwritten(0, 1, -1, null);
    encoder.encode();
    return new Example(file, encoder.toBytes(), BinaryExamples::describeActivations);
  }

  private static Example histogram(String file, int codes, int count) {
    HistogramEncoder encoder = new HistogramEncoder();
    encoder.begin(new HistogramHeader("acme", "stories", HASH, "worker-1", 1), 42, 1_000);
    encoder.site(
        16,
        new SiteShape(Site.parse("L1.attn.H3"), codes, 8, 16),
        new int[] {0, 5, codes - 1},
        new int[] {1, count, 2},
        3,
        9);
    encoder.site(
        17,
        new SiteShape(Site.parse("L1.mlp"), codes, 1, 64),
        new int[] {3},
        new int[] {count},
        1,
        0);
    encoder.encode();
    return new Example(file, encoder.toBytes(), BinaryExamples::describeHistogram);
  }

  private static String describeActivations(byte[] bytes) {
    ActivationsDecoder decoder = new ActivationsDecoder();
    var corrupt = decoder.wrap(bytes);
    if (corrupt.isPresent()) {
      return "corrupt: " + corrupt.get().reason();
    }
    StringJoiner text = new StringJoiner("\n");
    text.add(decoder.tenant() + " " + decoder.model() + " " + decoder.request());
    text.add(decoder.tickMs() + " " + decoder.modelHashPrefix() + " " + decoder.attempt());
    text.add(decoder.promptLength() + " " + decoder.firstPosition());
    for (int i = 0; i < decoder.positions(); i++) {
      StringJoiner codes = new StringJoiner(" ");
      codes.add("token " + decoder.token(i));
      for (int site = 0; site < decoder.sites(); site++) {
        codes.add(decoder.siteIndex(site) + "=" + decoder.site(site));
        for (int slot = 0; slot < decoder.slots(site); slot++) {
          codes.add("" + decoder.code(i, site, slot));
        }
      }
      text.add(codes.toString());
    }
    for (int i = 0; i < decoder.overwritten(); i++) {
      text.add(
          decoder.overwrittenPosition(i)
              + " "
              + decoder.overwrittenSiteIndex(i)
              + " "
              + decoder.overwrittenSlot(i)
              + " "
              + decoder.overwrittenEffective(i)
              + " "
              + decoder.overwrittenRule(i));
    }
    return text.toString();
  }

  private static String describeHistogram(byte[] bytes) {
    HistogramDecoder decoder = new HistogramDecoder();
    var corrupt = decoder.wrap(bytes);
    if (corrupt.isPresent()) {
      return "corrupt: " + corrupt.get().reason();
    }
    StringJoiner text = new StringJoiner("\n");
    text.add(decoder.tenant() + " " + decoder.model() + " " + decoder.worker());
    text.add(decoder.tickMs() + " " + decoder.modelHashPrefix() + " " + decoder.positions());
    for (int site = 0; site < decoder.sites(); site++) {
      StringJoiner codes = new StringJoiner(" ");
      codes.add(decoder.siteIndex(site) + "=" + decoder.site(site));
      codes.add(decoder.codes(site) + " " + decoder.slots(site) + " " + decoder.natural(site));
      codes.add("" + decoder.steered(site));
      for (int i = 0; i < decoder.entries(site); i++) {
        codes.add(decoder.code(site, i) + "x" + decoder.count(site, i));
      }
      text.add(codes.toString());
    }
    return text.toString();
  }
}
