package dev.steerage.statistics.window;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;

/// How one site's counts travel inside a change.
///
/// ```
/// flags u8 (1 whole pane, 2 dense) | index, layer, component, head + 1, slots, codes: varint
/// positions, natural, steered: varint | entries: varint | counts
/// ```
///
/// Sparse counts are (distance, count) pairs of the codes that have any; dense counts are one
/// number for every code. The shorter one is written.
final class ChangeSection {
  private static final int WHOLE = 1;
  private static final int DENSE = 2;

  /// Sums of a site that are not per code.
  record Totals(long positions, long natural, long steered) {}

  private ChangeSection() {}

  static void write(
      ChangeWriter writer,
      SiteHead head,
      boolean whole,
      Totals totals,
      int[] counts,
      long[] touched) {
    int flags = whole ? WHOLE : 0;
    int flagsAt = writer.size();
    writer.u8(flags);
    writer.varint(head.index());
    writer.varint(head.site().layer());
    writer.varint(head.site().component().ordinal());
    writer.varint(head.site().head() + 1);
    writer.varint(head.slots());
    writer.varint(counts.length);
    writer.varint(totals.positions());
    writer.varint(totals.natural());
    writer.varint(totals.steered());
    int entries = 0;
    for (long word : touched) {
      entries += Long.bitCount(word);
    }
    writer.varint(entries);
    int payloadAt = writer.size();
    writer.sparse(counts, touched);
    // A dense section is at least one byte for each code, so a shorter sparse one cannot lose.
    int sparseBytes = writer.size() - payloadAt;
    if (sparseBytes > counts.length && sparseBytes > denseBytes(counts)) {
      writer.truncate(payloadAt);
      writer.patch(flagsAt, flags | DENSE);
      writer.dense(counts);
    }
  }

  private static int denseBytes(int[] counts) {
    int bytes = counts.length;
    for (int count : counts) {
      // One more byte for every seven bits after the first.
      bytes += count > 0x7F ? (31 - Integer.numberOfLeadingZeros(count)) / 7 : 0;
    }
    return bytes;
  }

  /// One section as read: a site's head, totals, and counts still to be taken.
  record Head(boolean whole, boolean dense, SiteHead site, Totals totals, int entries) {}

  static Head readHead(ChangeReader reader) {
    int flags = reader.u8();
    int index = reader.size();
    int layer = reader.size();
    Component component = Component.values()[reader.size()];
    int head = reader.size() - 1;
    int slots = reader.size();
    int codes = reader.size();
    Totals totals = new Totals(reader.varint(), reader.varint(), reader.varint());
    return new Head(
        (flags & WHOLE) != 0,
        (flags & DENSE) != 0,
        new SiteHead(index, new Site(layer, component, head), codes, slots),
        totals,
        reader.size());
  }

  static void readCounts(ChangeReader reader, Head head, CountSink sink) {
    if (head.dense()) {
      for (int code = 0; code < head.site().codes(); code++) {
        int count = reader.size();
        if (count != 0) {
          sink.add(code, count);
        }
      }
      return;
    }
    int next = 0;
    for (int entry = 0; entry < head.entries(); entry++) {
      int gap = reader.size();
      int code = next + (gap >>> 1);
      int count = (gap & 1) == 0 ? 1 : reader.size() + 2;
      sink.add(code, count);
      next = code + 1;
    }
  }
}
