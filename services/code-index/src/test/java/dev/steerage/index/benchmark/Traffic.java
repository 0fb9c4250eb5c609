package dev.steerage.index.benchmark;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Activation records of a made-up model, as a worker writes them: k = 8 of 10,000 codes at each of
/// some sites. Tokens and half of the codes follow Zipf's law; the other half follow from the
/// token.
final class Traffic {
  static final int SLOTS = 8;
  static final int CODES = 10_000;
  static final String HASH = "fedcba9876543210".repeat(4);

  private static final int VOCABULARY = 8_000;
  private static final int REQUEST_POSITIONS = 64;
  private static final int DRAWS = 1 << 16;

  private final String tenant;
  private final ModelShape shape;
  private final int positions;
  private final SplittableRandom random = new SplittableRandom(5);
  private final int[] tokens = zipf(VOCABULARY);
  private final int[] codes = zipf(CODES);
  private final int[] drawn = new int[SLOTS];
  private int record;

  /// @param positions of one record
  Traffic(String tenant, int sites, int positions) {
    this.tenant = tenant;
    this.positions = positions;
    shape =
        new ModelShape(
            "traffic-" + sites,
            IntStream.range(0, sites)
                .mapToObj(
                    site ->
                        new SiteShape(
                            Site.parse("L" + site / 16 + ".attn.H" + site % 16), CODES, SLOTS, 64))
                .toList(),
            VOCABULARY,
            4_096);
  }

  private static int[] zipf(int symbols) {
    double sum = IntStream.rangeClosed(1, symbols).mapToDouble(i -> 1.0 / i).sum();
    int[] draws = new int[DRAWS];
    double reached = 0;
    int at = 0;
    for (int i = 0; i < symbols; i++) {
      reached += 1.0 / (i + 1) / sum;
      int end = i == symbols - 1 ? DRAWS : (int) (reached * DRAWS);
      Arrays.fill(draws, at, Math.max(at, end), i);
      at = Math.max(at, end);
    }
    return draws;
  }

  ModelShape shape() {
    return shape;
  }

  ModelCard card() {
    return new ModelCard(
        shape.model(),
        HASH,
        "reference",
        VOCABULARY,
        4_096,
        8,
        0,
        "characters",
        shape.sites().stream()
            .map(
                site ->
                    new ModelCard.SiteCard(
                        site.site().toString(), site.codes(), site.activeCodes(), site.width()))
            .toList(),
        List.of("w-1"));
  }

  long activationsPerRecord() {
    return (long) positions * shape.sites().size() * SLOTS;
  }

  /// The request of the record that [#next] gives next.
  String request() {
    return requestOf(record);
  }

  /// Of the record of a number; always as long.
  String requestOf(int number) {
    return String.format(Locale.ROOT, "r-%09d", number / (REQUEST_POSITIONS / positions));
  }

  /// The next record; a request has some, one after the other.
  byte[] next() {
    int first = record % (REQUEST_POSITIONS / positions) * positions;
    List<Integer> sites = new ArrayList<>();
    for (int site = 0; site < shape.sites().size(); site++) {
      sites.add(site);
    }
    var header = new ActivationsHeader(tenant, shape, HASH, request(), 1, 1, sites);
    var encoder = new ActivationsEncoder().begin(header, 1, first);
    for (int i = 0; i < positions; i++) {
      int token = tokens[random.nextInt(DRAWS)];
      encoder.position(token);
      for (int site = 0; site < sites.size(); site++) {
        draw(token, site);
        for (int code : drawn) {
          encoder.code(code);
        }
      }
    }
    encoder.encode();
    record++;
    return encoder.toBytes();
  }

  private void draw(int token, int site) {
    for (int slot = 0; slot < SLOTS; slot++) {
      int code;
      do {
        code =
            random.nextBoolean()
                ? Math.floorMod((token * 31 + slot) * 0x9E3779B1 + site * 7_919, CODES)
                : codes[random.nextInt(DRAWS)];
      } while (isDrawn(code, slot));
      drawn[slot] = code;
    }
  }

  private boolean isDrawn(int code, int before) {
    for (int slot = 0; slot < before; slot++) {
      if (drawn[slot] == code) {
        return true;
      }
    }
    return false;
  }
}
