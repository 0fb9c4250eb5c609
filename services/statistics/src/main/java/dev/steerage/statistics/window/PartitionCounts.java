package dev.steerage.statistics.window;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that is counted for one partition of the input.
///
/// Written by the stream thread, read by queries: every public method takes the monitor, once per
/// record and not once per count. [#flush] before each commit makes the changelog say exactly what
/// is held; [#restore] rebuilds it from there.
public final class PartitionCounts {
  /// Codes of a codebook: one site always fits a changelog record.
  public static final int CODES_MAX = 1 << 17;

  private static final long NO_TIME = Long.MIN_VALUE;

  private final WindowPlan plan;
  private final StateBudget budget;
  private final WindowReport report;
  private final Map<String, BlockCounts> blocks = new LinkedHashMap<>();
  private final List<BlockCounts> dirty = new ArrayList<>();
  private final ChangeWriter writer = new ChangeWriter();
  private ChangeSink sink;
  private long heldBytes;
  private long streamTimeMs = NO_TIME;
  private long nextOffset;
  private long flushedOffset;
  private long dueMs = Long.MAX_VALUE;

  /// The block whose open windows are reported first next time.
  private int reportFrom;

  /// @param topCodes how many of the most active codes statistics name
  public PartitionCounts(WindowPlan plan, StateBudget budget, int topCodes) {
    this.plan = plan;
    this.budget = budget;
    this.report = new WindowReport(plan, topCodes);
  }

  /// Where changes go from now on.
  public synchronized void logTo(ChangeSink changes) {
    sink = changes;
  }

  /// Moves the stream's time on and reports windows that end with it, once each.
  ///
  /// @param offset of the record that says the time
  /// @throws IllegalStateException if that record was already counted
  public synchronized void advance(long timeMs, long offset, StatisticsSink finals) {
    if (offset < nextOffset) {
      throw new IllegalStateException(
          "record counted twice: offset=" + offset + ", expected at least " + nextOffset);
    }
    nextOffset = offset + 1;
    streamTimeMs = Math.max(streamTimeMs, timeMs);
    if (streamTimeMs >= dueMs) {
      roll(finals, sink);
    }
  }

  /// Counts a record whose time and offset were given to [#advance].
  public synchronized Admission count(String key, HistogramDecoder record, long timeMs) {
    long paneMs = plan.pane(timeMs);
    if (plan.closesAt(paneMs, plan.paneMs()) <= streamTimeMs) {
      return Admission.LATE;
    }
    BlockCounts block = blocks.get(key);
    if (block == null ? !names(key, record) : !isFor(block, record)) {
      return Admission.WRONG_KEY;
    }
    if (!fits(block, record, timeMs)) {
      return Admission.OVER_LIMIT;
    }
    if (block == null) {
      block = new BlockCounts(plan, key);
      blocks.put(key, block);
    }
    if (block.isDirty() && block.pendingPaneMs() != paneMs) {
      block.seal(writer, sink, nextOffset - 1);
    }
    for (int i = 0; i < record.sites(); i++) {
      site(block, head(record, i)).add(record, i);
    }
    if (!block.isDirty()) {
      dirty.add(block);
    }
    block.markDirty(paneMs);
    dueMs = Math.min(dueMs, plan.closesAt(paneMs, plan.paneMs()));
    return Admission.COUNTED;
  }

  private static boolean names(String key, HistogramDecoder record) {
    return key.equals(record.tenant() + "/" + record.model() + "/" + record.siteBlock())
        && Topics.isModelName(record.model())
        && isTenant(record.tenant());
  }

  private static boolean isTenant(String name) {
    try {
      new TenantId(name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isFor(BlockCounts block, HistogramDecoder record) {
    return block.key().equals(record.tenant() + "/" + record.model() + "/" + record.siteBlock());
  }

  private static SiteHead head(HistogramDecoder record, int i) {
    return new SiteHead(record.siteIndex(i), record.site(i), record.codes(i), record.slots(i));
  }

  /// Looked at before anything is counted, so that a record counts wholly or not at all.
  private boolean fits(BlockCounts block, HistogramDecoder record, long timeMs) {
    long more = 0;
    for (int i = 0; i < record.sites(); i++) {
      SiteCounts site = block == null ? null : block.site(record.siteIndex(i));
      int held = site == null ? 0 : site.head().codes();
      if (record.codes(i) > CODES_MAX || record.codes(i) < 1) {
        return false;
      }
      if (record.codes(i) > held) {
        more += SiteCounts.bytes(plan, record.codes(i)) - SiteCounts.bytes(plan, held);
      }
      long natural = site == null ? 0 : site.naturalAt(timeMs);
      if (record.natural(i) < 0
          || natural + record.natural(i) > Integer.MAX_VALUE
          || record.steered(i) < 0
          || record.steered(i) > Integer.MAX_VALUE) {
        return false;
      }
    }
    if (more > 0 && !budget.reserve(more)) {
      return false;
    }
    heldBytes += more;
    return true;
  }

  private SiteCounts site(BlockCounts block, SiteHead head) {
    SiteCounts site = block.site(head.index());
    if (site == null) {
      site = new SiteCounts(plan, head);
      block.put(site);
    } else if (!site.head().equals(head)) {
      site.describe(head);
    }
    return site;
  }

  /// Closes and drops what is due.
  private void roll(StatisticsSink finals, ChangeSink forgotten) {
    sealAll();
    long next = Long.MAX_VALUE;
    Iterator<BlockCounts> each = blocks.values().iterator();
    while (each.hasNext()) {
      BlockCounts block = each.next();
      for (SiteCounts site : block.sites()) {
        report.close(block, site, streamTimeMs, finals);
      }
      block.sites().removeIf(this::dropped);
      if (block.sites().isEmpty()) {
        block.forget(forgotten);
        each.remove();
      }
      for (SiteCounts site : block.sites()) {
        next = Math.min(next, site.dueMs());
      }
    }
    dueMs = next;
  }

  /// Drops everything that is counted for a tenant that was deleted.
  public synchronized void forget(TenantId tenant) {
    sealAll();
    Iterator<BlockCounts> each = blocks.values().iterator();
    while (each.hasNext()) {
      BlockCounts block = each.next();
      if (block.tenant().equals(tenant)) {
        block.sites().forEach(this::release);
        block.forget(sink);
        each.remove();
      }
    }
  }

  private boolean dropped(SiteCounts site) {
    if (!site.drop(streamTimeMs)) {
      return false;
    }
    release(site);
    return true;
  }

  private void release(SiteCounts site) {
    long bytes = SiteCounts.bytes(plan, site.head().codes());
    heldBytes -= bytes;
    budget.release(bytes);
  }

  private void sealAll() {
    for (BlockCounts block : dirty) {
      block.seal(writer, sink, nextOffset);
    }
    dirty.clear();
  }

  /// Reports open windows that changed since their last report, about `limit` of them at most; the
  /// rest come first next time.
  ///
  /// @return whether all were reported
  public synchronized boolean reportOpen(int limit, StatisticsSink updates) {
    sealAll();
    List<BlockCounts> order = List.copyOf(blocks.values());
    int left = limit;
    for (int i = 0; i < order.size(); i++) {
      int at = Math.floorMod(reportFrom + i, order.size());
      if (left <= 0) {
        reportFrom = at;
        return false;
      }
      BlockCounts block = order.get(at);
      for (SiteCounts site : block.sites()) {
        left -= report.update(block, site, updates);
      }
    }
    return true;
  }

  /// Writes what changed since the last flush; afterwards the changelog says what is held.
  public synchronized void flush() {
    sealAll();
    if (flushedOffset != nextOffset) {
      writer.clear();
      writer.u8(1);
      writer.i64(streamTimeMs);
      writer.i64(nextOffset);
      sink.put(ChangeKey.clock(), writer.copy());
      flushedOffset = nextOffset;
    }
  }

  /// Takes one record of the changelog back in, in the order of the log.
  public synchronized void restore(byte[] key, byte[] value) {
    if (ChangeKey.isClock(key)) {
      ChangeReader reader = new ChangeReader(value);
      int version = reader.u8();
      if (version != 1) {
        throw new IllegalStateException("changelog: version=" + version + " of the clock");
      }
      streamTimeMs = reader.i64();
      nextOffset = reader.i64();
      flushedOffset = nextOffset;
      // These windows were reported in the transaction that this record was part of.
      roll((_, _) -> {}, (_, _) -> {});
      return;
    }
    ChangeKey change = ChangeKey.of(key);
    if (value == null) {
      return;
    }
    BlockCounts block = blocks.computeIfAbsent(change.block(), name -> new BlockCounts(plan, name));
    block.restore(change, value, this::admitRestored);
    for (SiteCounts site : block.sites()) {
      dueMs = Math.min(dueMs, site.dueMs());
    }
  }

  private void admitRestored(SiteCounts site) {
    long bytes = SiteCounts.bytes(plan, site.head().codes());
    heldBytes += bytes;
    budget.take(bytes);
  }

  /// When the next window closes or is forgotten; `Long.MAX_VALUE` if none is held.
  public synchronized long dueMs() {
    return dueMs;
  }

  /// The newest held window of a size at a site.
  public synchronized Optional<LiveStatistics> find(
      TenantId tenant, String model, String site, long sizeMs) {
    return blocks.values().stream()
        .filter(block -> block.tenant().equals(tenant) && block.model().equals(model))
        .flatMap(
            block ->
                block.sites().stream()
                    .filter(held -> held.head().site().toString().equals(site))
                    .flatMap(held -> report.newest(block, held, sizeMs).stream())
                    .map(statistics -> live(block, statistics)))
        .findFirst();
  }

  /// The newest held window of a size at every site of a model.
  public synchronized List<LiveStatistics> list(TenantId tenant, String model, long sizeMs) {
    return blocks.values().stream()
        .filter(block -> block.tenant().equals(tenant) && block.model().equals(model))
        .flatMap(
            block ->
                block.sites().stream()
                    .flatMap(held -> report.newest(block, held, sizeMs).stream())
                    .map(statistics -> live(block, statistics)))
        .toList();
  }

  private LiveStatistics live(BlockCounts block, CodeStatistics statistics) {
    return new LiveStatistics(
        statistics, Math.max(flushedOffset, block.foldedOffset()), streamTimeMs);
  }

  /// Forgets everything and gives its bytes back.
  public synchronized void clear() {
    budget.release(heldBytes);
    heldBytes = 0;
    blocks.clear();
    dirty.clear();
    streamTimeMs = NO_TIME;
    nextOffset = 0;
    flushedOffset = 0;
    dueMs = Long.MAX_VALUE;
  }
}
