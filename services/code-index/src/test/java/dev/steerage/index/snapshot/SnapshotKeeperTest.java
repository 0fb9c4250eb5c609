package dev.steerage.index.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.rule.RuleChange.ConceptRemoved;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotKeeperTest {
  private static final Duration INTERVAL = Duration.ofHours(1);

  @TempDir Path folder;
  private final IndexMetrics metrics = new IndexMetrics();
  private final CodeIndex index = new CodeIndex(IndexLimits.defaults(), metrics);
  private SnapshotKeeper keeper;
  private long nowMs = 1;
  private long offset;

  @BeforeEach
  void open() {
    keeper = new SnapshotKeeper(new SnapshotSettings(folder, INTERVAL), metrics);
  }

  private void read(int records) {
    for (int i = 0; i < records; i++) {
      index.ruleChange("acme", offset++, new ConceptRemoved("fire", "ann"));
    }
  }

  /// Snapshots that are written once nothing more is asked; passes more time than a pause demands.
  private long written() {
    nowMs += 60_000;
    keeper.keep(index, nowMs);
    keeper.close();
    keeper = new SnapshotKeeper(new SnapshotSettings(folder, INTERVAL), metrics);
    return metrics.get(IndexMetric.SNAPSHOTS);
  }

  @Test
  void shouldKeepWhatWasReadBeforeItHasCaughtUp() {
    read(999);
    assertThat(written()).isZero();
    read(1);
    assertThat(written()).isEqualTo(1);
  }

  @Test
  void shouldKeepWhatItKnowsAsSoonAsItHasCaughtUp() {
    read(1);
    assertThat(written()).isZero();
    index.caughtUp();
    assertThat(written()).isEqualTo(1);
  }

  @Test
  void shouldTakeNoSnapshotWhenNothingChanged() {
    index.caughtUp();
    assertThat(written()).isZero();
  }
}
