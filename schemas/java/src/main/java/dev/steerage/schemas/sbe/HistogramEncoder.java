package dev.steerage.schemas.sbe;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.sbe.activations.HistogramFrameEncoder;
import dev.steerage.schemas.sbe.activations.MessageHeaderEncoder;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/// Writes histogram messages: [#begin], then [#site] for each site of the block, then [#encode].
/// Nothing is allocated once the buffers have grown.
public final class HistogramEncoder {
  private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
  private final ExpandableArrayBuffer counts = new ExpandableArrayBuffer(4096);
  private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
  private final HistogramFrameEncoder frame = new HistogramFrameEncoder();
  private final SiteEntry[] entries = new SiteEntry[HistogramHeader.SITES_PER_BLOCK];
  private HistogramHeader header;
  private long tickMs;
  private long positions;
  private int sites;
  private int countBytes;
  private int encodedLength;

  public HistogramEncoder() {
    Arrays.setAll(entries, _ -> new SiteEntry());
  }

  /// Starts a message; what was not encoded is dropped.
  ///
  /// @param newPositions positions that were counted
  public HistogramEncoder begin(HistogramHeader newHeader, long newTickMs, int newPositions) {
    header = newHeader;
    tickMs = newTickMs;
    positions = newPositions;
    sites = 0;
    countBytes = 0;
    encodedLength = 0;
    return this;
  }

  /// Adds a site; sites are added by ascending index.
  ///
  /// @param codes codes with at least one activation, strictly ascending
  /// @param codeCounts activations of each, at least 1
  /// @param n length of both
  /// @param steered slots whose effective id was not the natural one
  public HistogramEncoder site(
      int siteIndex, SiteShape shape, int[] codes, int[] codeCounts, int n, long steered) {
    if (sites == entries.length || HistogramHeader.blockOf(siteIndex) != header.siteBlock) {
      throw new IllegalArgumentException(
          "site: index=" + siteIndex + ", block=" + header.siteBlock + ", sites=" + sites);
    }
    SiteEntry entry = entries[sites++];
    entry.siteIndex = siteIndex;
    entry.shape = shape;
    entry.entries = n;
    entry.steered = steered;
    entry.codeWidth = shape.codes() <= 1 << 16 ? 2 : 4;
    int largest = 0;
    long natural = 0;
    for (int i = 0; i < n; i++) {
      assert i == 0 || codes[i] > codes[i - 1] : "codes must ascend";
      largest |= codeCounts[i];
      natural += codeCounts[i];
    }
    entry.natural = natural;
    entry.countWidth = largest < 1 << 8 ? 1 : largest < 1 << 16 ? 2 : 4;
    putCodes(codes, n, entry.codeWidth);
    putCounts(codeCounts, n, entry.countWidth);
    return this;
  }

  private void putCodes(int[] codes, int n, int width) {
    for (int i = 0; i < n; i++) {
      if (width == 2) {
        counts.putShort(countBytes + 2 * i, (short) codes[i], ByteOrder.LITTLE_ENDIAN);
      } else {
        counts.putInt(countBytes + 4 * i, codes[i], ByteOrder.LITTLE_ENDIAN);
      }
    }
    countBytes += width * n;
  }

  private void putCounts(int[] codeCounts, int n, int width) {
    for (int i = 0; i < n; i++) {
      switch (width) {
        case 1 -> counts.putByte(countBytes + i, (byte) codeCounts[i]);
        case 2 ->
            counts.putShort(countBytes + 2 * i, (short) codeCounts[i], ByteOrder.LITTLE_ENDIAN);
        default -> counts.putInt(countBytes + 4 * i, codeCounts[i], ByteOrder.LITTLE_ENDIAN);
      }
    }
    countBytes += width * n;
  }

  /// Writes the message to [#buffer] from 0; its length.
  public int encode() {
    frame
        .wrapAndApplyHeader(buffer, 0, messageHeader)
        .tickMs(tickMs)
        .modelHashPrefix(header.modelHashPrefix)
        .positions(positions)
        .siteBlock(header.siteBlock);
    var group = frame.sitesCount(sites);
    for (int i = 0; i < sites; i++) {
      SiteEntry entry = entries[i];
      var site = entry.shape.site();
      group
          .next()
          .codes(entry.shape.codes())
          .natural(entry.natural)
          .steered(entry.steered)
          .entries(entry.entries)
          .siteIndex(entry.siteIndex)
          .layer(site.layer())
          .head((short) site.head())
          .component((short) site.component().ordinal())
          .slots((short) entry.shape.activeCodes())
          .codeWidth((short) entry.codeWidth)
          .countWidth((short) entry.countWidth);
    }
    frame.putTenant(header.tenant, 0, header.tenant.length);
    frame.putModel(header.model, 0, header.model.length);
    frame.putWorker(header.worker, 0, header.worker.length);
    frame.putCounts(counts, 0, countBytes);
    encodedLength = MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
    return encodedLength;
  }

  /// The bytes of the last [#encode], from 0; valid until the next.
  public DirectBuffer buffer() {
    return buffer;
  }

  /// A copy of the bytes of the last [#encode].
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.byteArray(), encodedLength);
  }

  /// One site of the message being built.
  private static final class SiteEntry {
    private int siteIndex;
    private SiteShape shape;
    private int entries;
    private long natural;
    private long steered;
    private int codeWidth;
    private int countWidth;
  }
}
