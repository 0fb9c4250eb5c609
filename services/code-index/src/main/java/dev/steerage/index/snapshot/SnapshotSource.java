package dev.steerage.index.snapshot;

import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.StateDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads the newest snapshot when an index starts; on the Kafka reader's thread.
public final class SnapshotSource {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSource.class);

  private final Path file;
  private final IndexLimits limits;
  private final IndexMetrics metrics;

  public SnapshotSource(SnapshotSettings settings, IndexLimits limits, IndexMetrics metrics) {
    this.file = settings.file();
    this.limits = limits;
    this.metrics = metrics;
  }

  /// What the snapshot knew; none if there is no snapshot or it cannot be used: then everything is
  /// read from Kafka again.
  public Optional<CodeIndex> load() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(StateDecoder.read(SnapshotFile.read(file), limits, metrics));
    } catch (SnapshotFile.Unusable | IOException | RuntimeException e) {
      // Any content that is not what an encoder of this version wrote ends here.
      refuse(e.toString());
      return Optional.empty();
    }
  }

  /// Says that the snapshot is not used.
  public void refuse(String reason) {
    metrics.increment(IndexMetric.SNAPSHOTS_REFUSED);
    LOG.atWarn()
        .addKeyValue("file", file)
        .addKeyValue("reason", reason)
        .log("snapshot is not used; the index reads everything from kafka");
  }
}
