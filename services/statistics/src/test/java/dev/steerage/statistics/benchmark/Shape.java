package dev.steerage.statistics.benchmark;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.sbe.HistogramEncoder;
import dev.steerage.schemas.sbe.HistogramHeader;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// A model's sites and how its workers tick.
enum Shape {
  /// 4 layers, 4 heads of 500 codes and an MLP of 1,000, k = 1.
  TOKFSM(256, 40_000, 1_000) {
    @Override
    List<SiteShape> sites() {
      List<SiteShape> sites = new ArrayList<>();
      for (int layer = 0; layer < 4; layer++) {
        for (int head = 0; head < 4; head++) {
          sites.add(new SiteShape(new Site(layer, Component.ATTN, head), 500, 1, 32));
        }
        sites.add(new SiteShape(Site.of(layer, Component.MLP), 1_000, 1, 128));
      }
      return sites;
    }
  },
  /// 24 layers of 16 heads, 10,000 codes each, k = 8.
  SYNTHETIC(128, 500, 12) {
    @Override
    List<SiteShape> sites() {
      List<SiteShape> sites = new ArrayList<>();
      for (int layer = 0; layer < 24; layer++) {
        for (int head = 0; head < 16; head++) {
          sites.add(new SiteShape(new Site(layer, Component.ATTN, head), 10_000, 8, 64));
        }
      }
      return sites;
    }
  };

  static final TenantId TENANT = new TenantId("default");

  private static final int DISTINCT_TICKS = 24;

  /// Positions of one tick: rows of the batch times decode steps in a tick.
  final int positions;

  /// Ticks of the measured run.
  final int ticks;

  /// Ticks of the run that is compared with the plain topology.
  final int plainTicks;

  Shape(int positions, int ticks, int plainTicks) {
    this.positions = positions;
    this.ticks = ticks;
    this.plainTicks = plainTicks;
  }

  abstract List<SiteShape> sites();

  /// One record of the input.
  record Message(byte[] key, byte[] value, long activations, long entries) {}

  /// A few different ticks, each of one record for every block of sites. Codes are drawn with
  /// probability 1/rank, ranks shuffled at each site.
  List<List<Message>> distinctTicks() {
    SplittableRandom random = new SplittableRandom(20);
    List<SiteShape> sites = sites();
    List<int[]> ranks = sites.stream().map(site -> shuffled(site.codes(), random)).toList();
    List<List<Message>> ticks = new ArrayList<>();
    for (int tick = 0; tick < DISTINCT_TICKS; tick++) {
      List<Message> messages = new ArrayList<>();
      for (int from = 0; from < sites.size(); from += HistogramHeader.SITES_PER_BLOCK) {
        messages.add(message(sites, ranks, from, random));
      }
      ticks.add(messages);
    }
    return ticks;
  }

  private Message message(
      List<SiteShape> sites, List<int[]> ranks, int from, SplittableRandom random) {
    int block = HistogramHeader.blockOf(from);
    String model = name().toLowerCase(java.util.Locale.ROOT);
    HistogramEncoder encoder =
        new HistogramEncoder()
            .begin(
                new HistogramHeader(TENANT.name(), model, "00".repeat(32), "worker-0", block),
                1L,
                positions);
    long activations = 0;
    long entries = 0;
    int to = Math.min(sites.size(), from + HistogramHeader.SITES_PER_BLOCK);
    for (int index = from; index < to; index++) {
      SiteShape site = sites.get(index);
      int[] counts = new int[site.codes()];
      for (int i = 0; i < positions * site.activeCodes(); i++) {
        counts[ranks.get(index)[zipf(site.codes(), random)]]++;
      }
      int[] codes =
          java.util.stream.IntStream.range(0, counts.length)
              .filter(code -> counts[code] > 0)
              .toArray();
      int[] present = Arrays.stream(codes).map(code -> counts[code]).toArray();
      encoder.site(index, site, codes, present, codes.length, 0);
      activations += (long) positions * site.activeCodes();
      entries += codes.length;
    }
    encoder.encode();
    byte[] key = Topics.histogramKey(TENANT, model, block).getBytes(StandardCharsets.UTF_8);
    return new Message(key, encoder.toBytes(), activations, entries);
  }

  /// A rank with probability nearly proportional to 1/(rank + 1).
  private static int zipf(int ranks, SplittableRandom random) {
    return (int) Math.min(ranks - 1, Math.pow(ranks + 1.0, random.nextDouble()) - 1);
  }

  private static int[] shuffled(int size, SplittableRandom random) {
    int[] order = java.util.stream.IntStream.range(0, size).toArray();
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }
}
