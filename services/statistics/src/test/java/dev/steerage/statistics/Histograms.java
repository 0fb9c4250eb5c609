package dev.steerage.statistics;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.sbe.HistogramEncoder;
import dev.steerage.schemas.sbe.HistogramHeader;
import dev.steerage.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Builds histogram records, as a worker writes them.
public final class Histograms {
  private static final String HASH = "00".repeat(32);

  private final HistogramEncoder encoder = new HistogramEncoder();
  private final TenantId tenant;
  private final String model;
  private final int block;
  private final Map<Integer, Map<Integer, Integer>> counts = new TreeMap<>();
  private final Map<Integer, SiteShape> shapes = new TreeMap<>();
  private int positions;
  private long steered;

  private Histograms(String tenant, String model, int block) {
    this.tenant = new TenantId(tenant);
    this.model = model;
    this.block = block;
  }

  public static Histograms of(String tenant, String model, int block) {
    return new Histograms(tenant, model, block);
  }

  /// A site with one codebook for each index: `L<index>.mlp`.
  public static SiteShape shape(int index, int codes, int slots) {
    return new SiteShape(Site.of(index, Component.MLP), codes, slots, 8);
  }

  public Histograms positions(int newPositions) {
    positions = newPositions;
    return this;
  }

  public Histograms steered(long slots) {
    steered = slots;
    return this;
  }

  public Histograms add(int siteIndex, int codes, int code, int count) {
    shapes.put(siteIndex, shape(siteIndex, codes, 1));
    counts.computeIfAbsent(siteIndex, _ -> new TreeMap<>()).merge(code, count, Integer::sum);
    return this;
  }

  /// Random activations at every site of the block.
  public Histograms random(RandomGenerator random, int sites, int codes, int newPositions) {
    positions = newPositions;
    for (int i = 0; i < sites; i++) {
      int site = block * HistogramHeader.SITES_PER_BLOCK + i;
      for (int position = 0; position < newPositions; position++) {
        // A product of two draws: a few codes are frequent, most are rare.
        add(site, codes, (int) (random.nextDouble() * random.nextDouble() * codes), 1);
      }
    }
    return this;
  }

  public String key() {
    return Topics.histogramKey(tenant, model, block);
  }

  public byte[] bytes() {
    encoder.begin(
        new HistogramHeader(tenant.name(), model, HASH, "worker-0", block), 1L, positions);
    counts.forEach(
        (site, codes) ->
            encoder.site(
                site,
                shapes.get(site),
                codes.keySet().stream().mapToInt(Integer::intValue).toArray(),
                codes.values().stream().mapToInt(Integer::intValue).toArray(),
                codes.size(),
                steered));
    encoder.encode();
    return encoder.toBytes();
  }

  public HistogramDecoder decoded() {
    HistogramDecoder decoder = new HistogramDecoder();
    decoder
        .wrap(bytes())
        .ifPresent(
            corrupt -> {
              throw new AssertionError(corrupt.reason());
            });
    return decoder;
  }

  public TenantId tenant() {
    return tenant;
  }

  public String model() {
    return model;
  }

  /// Counts per site index and code.
  public Map<Integer, Map<Integer, Integer>> counts() {
    return counts;
  }

  public SiteShape shapeOf(int siteIndex) {
    return shapes.get(siteIndex);
  }

  public int positions() {
    return positions;
  }

  /// Every site index of this record.
  public List<Integer> sites() {
    return new ArrayList<>(shapes.keySet());
  }
}
