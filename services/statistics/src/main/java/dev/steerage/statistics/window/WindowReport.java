package dev.steerage.statistics.window;

import dev.steerage.domain.statistics.CodeDistribution;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.CodeStatistics.CodeCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From counts to statistics.
final class WindowReport {
  private final WindowPlan plan;
  private final int topCodes;

  WindowReport(WindowPlan plan, int topCodes) {
    this.plan = plan;
    this.topCodes = topCodes;
  }

  /// Closes the windows of a site whose time is over.
  void close(BlockCounts block, SiteCounts site, long streamTimeMs, StatisticsSink finals) {
    for (int size = 0; size < site.windows().size(); size++) {
      long sizeMs = plan.sizesMs().get(size);
      for (Window window : site.windows().get(size)) {
        if (!window.closed && plan.closesAt(window.startMs, sizeMs) <= streamTimeMs) {
          window.closed = true;
          window.changed = false;
          finals.emit(block.tenant(), statistics(block, site, size, window));
        }
      }
    }
  }

  /// Reports the open windows of a site that changed since their last report.
  ///
  /// @return how many
  int update(BlockCounts block, SiteCounts site, StatisticsSink updates) {
    int reported = 0;
    for (int size = 0; size < site.windows().size(); size++) {
      for (Window window : site.windows().get(size)) {
        if (!window.closed && window.changed) {
          window.changed = false;
          updates.emit(block.tenant(), statistics(block, site, size, window));
          reported++;
        }
      }
    }
    return reported;
  }

  /// The newest window of a size.
  Optional<CodeStatistics> newest(BlockCounts block, SiteCounts site, long sizeMs) {
    int size = plan.sizesMs().indexOf(sizeMs);
    if (size < 0 || site.windows().get(size).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(statistics(block, site, size, site.windows().get(size).getLast()));
  }

  CodeStatistics statistics(BlockCounts block, SiteCounts site, int size, Window window) {
    Window before = site.before(size, window);
    int distinct = CodeDistribution.distinct(window.counts);
    return new CodeStatistics(
        block.model(),
        site.head().site().toString(),
        plan.sizesMs().get(size),
        window.startMs,
        window.closed,
        window.positions,
        window.natural,
        window.steered,
        window.counts.length,
        distinct,
        CodeDistribution.entropyNats(window.counts),
        (double) (window.counts.length - distinct) / window.counts.length,
        before == null ? 0 : CodeDistribution.jensenShannonNats(window.counts, before.counts),
        top(window.counts));
  }

  private List<CodeCount> top(int[] counts) {
    List<CodeCount> top = new ArrayList<>();
    for (int code : CodeDistribution.top(counts, topCodes)) {
      top.add(new CodeCount(code, counts[code]));
    }
    return top;
  }
}
