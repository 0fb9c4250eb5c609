package dev.steerage.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.domain.statistics.CodeDistribution;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.CodeStatistics.CodeCount;
import dev.steerage.schemas.sbe.HistogramDecoder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The oracle: counts every record again from its parts, window by window, in plain maps.
public final class Recount {
  /// A window of a site of a tenant's model.
  public record Key(String tenant, String model, String site, long sizeMs, long startMs) {}

  /// What was counted in one window.
  static final class Cell {
    private int[] counts = new int[0];
    private long positions;
    private long steered;
  }

  private final List<Long> sizesMs;
  private final Map<String, Cell> cells = new TreeMap<>();
  private final Map<String, Key> keys = new TreeMap<>();

  public Recount(List<Long> sizesMs) {
    this.sizesMs = sizesMs;
  }

  /// Counts a record entry by entry.
  public void add(HistogramDecoder record, long timeMs) {
    for (long sizeMs : sizesMs) {
      long start = Math.floorDiv(timeMs, sizeMs) * sizeMs;
      for (int site = 0; site < record.sites(); site++) {
        String name = record.site(site).toString();
        Key key = new Key(record.tenant(), record.model(), name, sizeMs, start);
        keys.put(key.toString(), key);
        Cell cell = cells.computeIfAbsent(key.toString(), _ -> new Cell());
        if (cell.counts.length == 0) {
          cell.counts = new int[record.codes(site)];
        }
        for (int i = 0; i < record.entries(site); i++) {
          cell.counts[record.code(site, i)] += (int) record.count(site, i);
        }
        cell.positions += record.positions();
        cell.steered += record.steered(site);
      }
    }
  }

  /// Windows that were touched.
  public List<Key> windows() {
    return List.copyOf(keys.values());
  }

  /// Fails unless statistics say exactly what was counted.
  public void check(String tenant, CodeStatistics found) {
    Key key = new Key(tenant, found.model(), found.site(), found.windowMs(), found.windowStartMs());
    Cell cell = cells.get(key.toString());
    assertThat(cell).as("counted window %s", key).isNotNull();
    int[] top = CodeDistribution.top(cell.counts, found.top().size());
    assertThat(found.positions()).as("positions of %s", key).isEqualTo(cell.positions);
    assertThat(found.activations())
        .as("activations of %s", key)
        .isEqualTo(CodeDistribution.total(cell.counts));
    assertThat(found.steeredActivations()).as("steered of %s", key).isEqualTo(cell.steered);
    assertThat(found.codes()).isEqualTo(cell.counts.length);
    assertThat(found.distinct()).isEqualTo(CodeDistribution.distinct(cell.counts));
    assertThat(found.entropyNats()).isEqualTo(CodeDistribution.entropyNats(cell.counts));
    assertThat(found.deadShare()).isCloseTo(CodeDistribution.deadShare(cell.counts), within(1e-12));
    assertThat(found.drift()).as("drift of %s", key).isEqualTo(drift(key, cell));
    for (int i = 0; i < top.length; i++) {
      assertThat(found.top().get(i))
          .as("top code %s of %s", i, key)
          .isEqualTo(new CodeCount(top[i], cell.counts[top[i]]));
    }
  }

  private double drift(Key key, Cell cell) {
    Key before =
        new Key(key.tenant(), key.model(), key.site(), key.sizeMs(), key.startMs() - key.sizeMs());
    Cell other = cells.get(before.toString());
    return other == null ? 0 : CodeDistribution.jensenShannonNats(cell.counts, other.counts);
  }
}
