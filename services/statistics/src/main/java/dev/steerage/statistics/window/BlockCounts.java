package dev.steerage.statistics.window;

import dev.steerage.domain.tenant.TenantId;
import java.util.Collection;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Counts of one block of sites of one tenant and model: what one key of the input counts into.
final class BlockCounts {
  private static final int VERSION = 1;
  private static final int RECORD_FULL_BYTES = 256 * 1024;

  private final WindowPlan plan;
  private final String key;
  private final TenantId tenant;
  private final String model;
  private final TreeMap<Integer, SiteCounts> sites = new TreeMap<>();
  private final PaneLog[] logs;
  private long pendingPaneMs;
  private boolean dirty;

  /// All records before this offset are in the windows of the block.
  private long foldedOffset;

  /// @param key as [dev.steerage.schemas.topic.Topics#histogramKey] writes it
  BlockCounts(WindowPlan plan, String key) {
    this.plan = plan;
    this.key = key;
    String[] parts = key.split("/", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("key: '" + key + "', expected tenant/model/block");
    }
    tenant = new TenantId(parts[0]);
    model = parts[1];
    logs = new PaneLog[plan.ring()];
    for (int slot = 0; slot < logs.length; slot++) {
      logs[slot] = new PaneLog();
    }
  }

  String key() {
    return key;
  }

  TenantId tenant() {
    return tenant;
  }

  String model() {
    return model;
  }

  Collection<SiteCounts> sites() {
    return sites.values();
  }

  SiteCounts site(int index) {
    return sites.get(index);
  }

  void put(SiteCounts site) {
    sites.put(site.head().index(), site);
  }

  boolean isDirty() {
    return dirty;
  }

  long pendingPaneMs() {
    return pendingPaneMs;
  }

  void markDirty(long paneMs) {
    dirty = true;
    pendingPaneMs = paneMs;
  }

  long foldedOffset() {
    return foldedOffset;
  }

  /// Moves what is pending into the windows and writes it as a change.
  void seal(ChangeWriter writer, ChangeSink sink, long nextOffset) {
    foldedOffset = nextOffset;
    if (!dirty) {
      return;
    }
    PaneLog log = logs[plan.slot(pendingPaneMs)];
    log.begin(pendingPaneMs);
    if (log.isWholeDue()) {
      sites.values().forEach(site -> site.fold(pendingPaneMs));
      writeWhole(log, writer, sink);
    } else {
      writeDifferences(log, writer, sink);
      sites.values().forEach(site -> site.fold(pendingPaneMs));
    }
    dirty = false;
  }

  private void writeDifferences(PaneLog log, ChangeWriter writer, ChangeSink sink) {
    begin(writer, pendingPaneMs);
    int empty = writer.size();
    for (SiteCounts site : sites.values()) {
      if (site.hasPending()) {
        site.writePending(writer);
        if (writer.size() >= RECORD_FULL_BYTES) {
          sendDifference(log, writer, sink);
          begin(writer, pendingPaneMs);
        }
      }
    }
    if (writer.size() > empty) {
      sendDifference(log, writer, sink);
    }
  }

  private void sendDifference(PaneLog log, ChangeWriter writer, ChangeSink sink) {
    int sequence = log.nextDifference();
    send(ChangeKey.Kind.DIFFERENCE, sequence, writer, sink);
    log.difference(sequence, writer.size());
  }

  private void writeWhole(PaneLog log, ChangeWriter writer, ChangeSink sink) {
    int chunk = 0;
    begin(writer, pendingPaneMs);
    int empty = writer.size();
    for (SiteCounts site : sites.values()) {
      if (site.writePane(pendingPaneMs, writer) && writer.size() >= RECORD_FULL_BYTES) {
        sendWhole(log, chunk++, writer, sink);
        begin(writer, pendingPaneMs);
      }
    }
    if (writer.size() > empty) {
      sendWhole(log, chunk, writer, sink);
    }
  }

  private void sendWhole(PaneLog log, int chunk, ChangeWriter writer, ChangeSink sink) {
    send(ChangeKey.Kind.WHOLE, chunk, writer, sink);
    log.whole(chunk, writer.size());
  }

  private void send(ChangeKey.Kind kind, int sequence, ChangeWriter writer, ChangeSink sink) {
    sink.put(new ChangeKey(plan.slot(pendingPaneMs), kind, sequence, key).bytes(), writer.copy());
  }

  private void begin(ChangeWriter writer, long paneMs) {
    writer.clear();
    writer.u8(VERSION);
    writer.i64(plan.paneMs());
    writer.i64(paneMs);
  }

  /// Takes one change back in.
  ///
  /// @param onSite called for each site that was not known before
  void restore(ChangeKey change, byte[] value, Consumer<SiteCounts> onSite) {
    ChangeReader reader = new ChangeReader(value);
    int version = reader.u8();
    long logged = reader.i64();
    if (version != VERSION || logged != plan.paneMs()) {
      throw new IllegalStateException(
          "changelog: version="
              + version
              + ", smallest window="
              + logged
              + " ms; expected version "
              + VERSION
              + " and "
              + plan.paneMs()
              + " ms. Another smallest window needs another"
              + " application id");
    }
    long paneMs = reader.i64();
    PaneLog log = logs[change.slot()];
    log.begin(paneMs);
    switch (change.kind()) {
      case WHOLE -> log.whole(change.sequence(), value.length);
      case DIFFERENCE -> log.difference(change.sequence(), value.length);
    }
    while (reader.hasMore()) {
      ChangeSection.Head section = ChangeSection.readHead(reader);
      SiteCounts site = sites.get(section.site().index());
      if (site == null) {
        site = new SiteCounts(plan, section.site());
        put(site);
        onSite.accept(site);
      }
      site.describe(section.site());
      if (section.whole()) {
        site.clearPane(paneMs);
      }
      site.add(reader, section);
      site.fold(paneMs);
    }
  }

  /// Removes every key that the block may have in the changelog.
  void forget(ChangeSink sink) {
    for (int slot = 0; slot < logs.length; slot++) {
      for (int chunk = 0; chunk < logs[slot].wholeKeys(); chunk++) {
        sink.put(new ChangeKey(slot, ChangeKey.Kind.WHOLE, chunk, key).bytes(), null);
      }
      for (int sequence = 0; sequence < logs[slot].differenceKeys(); sequence++) {
        sink.put(new ChangeKey(slot, ChangeKey.Kind.DIFFERENCE, sequence, key).bytes(), null);
      }
    }
  }
}
