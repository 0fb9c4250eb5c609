package dev.steerage.statistics;

import dev.steerage.statistics.window.LiveStatistics;
import java.util.List;

/// What a query of live windows gives: never a partial count.
public sealed interface StatisticsAnswer {
  /// Windows held here, one for each site.
  record Found(List<LiveStatistics> windows) implements StatisticsAnswer {
    public Found {
      windows = List.copyOf(windows);
    }
  }

  /// No such window here.
  ///
  /// @param elsewhere addresses of other instances that hold other partitions
  record Unknown(List<String> elsewhere) implements StatisticsAnswer {
    public Unknown {
      elsewhere = List.copyOf(elsewhere);
    }
  }

  /// Counts are being restored or moved; ask again.
  record NotReady(String state) implements StatisticsAnswer {}
}
