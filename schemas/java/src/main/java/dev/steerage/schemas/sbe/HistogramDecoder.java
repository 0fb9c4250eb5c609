package dev.steerage.schemas.sbe;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.activations.HistogramFrameDecoder;
import dev.steerage.schemas.sbe.activations.HistogramFrameDecoder.SitesDecoder;
import dev.steerage.schemas.sbe.activations.MessageHeaderDecoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Reads histogram messages. [#wrap] checks every length, the order of codes and the sums before
/// anything is read; after it was empty, all other methods may be called with indexes below the
/// counts that they give.
public final class HistogramDecoder {
  private static final Component[] COMPONENTS = Component.values();

  private final Walk walk = new Walk();
  private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
  private final HistogramFrameDecoder frame = new HistogramFrameDecoder();
  private final UnsafeBuffer bytes = new UnsafeBuffer();
  private DirectBuffer buffer;
  private int sites;
  private int sitesAt;
  private int siteStride;
  private int tenantAt;
  private int modelAt;
  private int workerAt;
  private int[] codesAt = new int[HistogramHeader.SITES_PER_BLOCK];
  private int[] countsAt = new int[HistogramHeader.SITES_PER_BLOCK];

  /// Starts reading a message; why that is impossible, or empty.
  public Optional<Corrupt> wrap(byte[] message) {
    bytes.wrap(message);
    return wrap(bytes, 0, message.length);
  }

  /// Starts reading a message; why that is impossible, or empty. The buffer must not change until
  /// the last read.
  public Optional<Corrupt> wrap(DirectBuffer newBuffer, int offset, int length) {
    buffer = newBuffer;
    walk.start(newBuffer, offset, length);
    walk.skip("header", MessageHeaderDecoder.ENCODED_LENGTH);
    if (walk.isIntact()) {
      checkHeader(offset);
    }
    if (walk.isIntact()) {
      walkParts();
    }
    return walk.isIntact() ? Optional.empty() : Optional.of(new Corrupt(walk.reason()));
  }

  private void checkHeader(int offset) {
    messageHeader.wrap(buffer, offset);
    if (messageHeader.schemaId() != HistogramFrameDecoder.SCHEMA_ID
        || messageHeader.templateId() != HistogramFrameDecoder.TEMPLATE_ID) {
      walk.fail("another message");
    } else if (messageHeader.blockLength() < HistogramFrameDecoder.BLOCK_LENGTH) {
      walk.fail("block length: message");
    } else {
      int block = walk.position();
      walk.skip("block", messageHeader.blockLength());
      if (walk.isIntact()) {
        frame.wrap(buffer, block, messageHeader.blockLength(), messageHeader.version());
      }
    }
  }

  private void walkParts() {
    int dimensions = walk.position();
    sites = walk.group("sites", SitesDecoder.sbeBlockLength());
    siteStride = walk.isIntact() ? walk.blockLength(dimensions) : 0;
    sitesAt = walk.position();
    walk.skip("sites", (long) sites * siteStride);
    tenantAt = walk.position();
    walk.text("tenant");
    modelAt = walk.position();
    walk.text("model");
    workerAt = walk.position();
    walk.text("worker");
    int at = walk.position() + 4;
    int end = at + walk.bytes("counts");
    // Newer versions may add data fields; they are not looked at.
    if (walk.isIntact() && messageHeader.version() == HistogramFrameDecoder.SCHEMA_VERSION) {
      walk.end();
    }
    if (codesAt.length < sites && walk.isIntact()) {
      codesAt = Arrays.copyOf(codesAt, sites);
      countsAt = Arrays.copyOf(countsAt, sites);
    }
    for (int site = 0; site < sites && walk.isIntact(); site++) {
      at = checkSite(site, at, end);
    }
    if (walk.isIntact() && at != end) {
      walk.fail("counts: bytes do not fit the sites");
    }
  }

  private int checkSite(int site, int at, int end) {
    int codeWidth = codeWidth(site);
    int countWidth = countWidth(site);
    long entries = unsigned32(site, SitesDecoder.entriesEncodingOffset());
    long codes = unsigned32(site, SitesDecoder.codesEncodingOffset());
    if ((codeWidth != 2 && codeWidth != 4)
        || (countWidth != 1 && countWidth != 2 && countWidth != 4)
        || codes > Integer.MAX_VALUE
        || componentOrdinal(site) >= COMPONENTS.length
        || head(site) < Site.NO_HEAD) {
      walk.fail("site");
      return at;
    }
    if (site > 0 && siteIndex(site) <= siteIndex(site - 1)) {
      walk.fail("sites: order");
      return at;
    }
    if (entries * (codeWidth + countWidth) > end - at) {
      walk.fail("truncated: counts");
      return at;
    }
    codesAt[site] = at;
    countsAt[site] = at + (int) entries * codeWidth;
    long last = -1;
    long sum = 0;
    for (int i = 0; i < entries; i++) {
      long code = code(site, i) & 0xFFFF_FFFFL;
      if (code <= last || code >= codes) {
        walk.fail("codes: order or range");
        return at;
      }
      last = code;
      sum += count(site, i);
    }
    if (sum != natural(site)) {
      walk.fail("counts: sum");
    }
    return countsAt[site] + (int) entries * countWidth;
  }

  /// Tick of the worker that wrote the message, epoch milliseconds.
  public long tickMs() {
    return frame.tickMs();
  }

  /// First 8 bytes of the model's hash.
  public long modelHashPrefix() {
    return frame.modelHashPrefix();
  }

  /// Positions that were counted.
  public long positions() {
    return frame.positions();
  }

  /// Site index divided by [HistogramHeader#SITES_PER_BLOCK].
  public int siteBlock() {
    return frame.siteBlock();
  }

  public String tenant() {
    return text(tenantAt);
  }

  public String model() {
    return text(modelAt);
  }

  public String worker() {
    return text(workerAt);
  }

  /// Number of sites.
  public int sites() {
    return sites;
  }

  /// Index in the model's list of sites.
  public int siteIndex(int site) {
    return unsigned16(field(site, SitesDecoder.siteIndexEncodingOffset()));
  }

  /// The site's name as a value; allocates.
  public Site site(int site) {
    return new Site(
        unsigned16(field(site, SitesDecoder.layerEncodingOffset())),
        COMPONENTS[componentOrdinal(site)],
        head(site));
  }

  /// Size of the codebook (C).
  public int codes(int site) {
    return (int) unsigned32(site, SitesDecoder.codesEncodingOffset());
  }

  /// Active codes per position (k).
  public int slots(int site) {
    return unsigned8(site, SitesDecoder.slotsEncodingOffset());
  }

  /// Natural activations: the sum of all counts.
  public long natural(int site) {
    return buffer.getLong(
        field(site, SitesDecoder.naturalEncodingOffset()), ByteOrder.LITTLE_ENDIAN);
  }

  /// Slots whose effective id was not the natural one.
  public long steered(int site) {
    return buffer.getLong(
        field(site, SitesDecoder.steeredEncodingOffset()), ByteOrder.LITTLE_ENDIAN);
  }

  /// Codes with at least one activation.
  public int entries(int site) {
    return (int) unsigned32(site, SitesDecoder.entriesEncodingOffset());
  }

  /// The `i`th code, ascending.
  public int code(int site, int i) {
    return codeWidth(site) == 2
        ? unsigned16(codesAt[site] + 2 * i)
        : buffer.getInt(codesAt[site] + 4 * i, ByteOrder.LITTLE_ENDIAN);
  }

  /// How often the `i`th code was natural.
  public long count(int site, int i) {
    return switch (countWidth(site)) {
      case 1 -> buffer.getByte(countsAt[site] + i) & 0xFF;
      case 2 -> unsigned16(countsAt[site] + 2 * i);
      default -> buffer.getInt(countsAt[site] + 4 * i, ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    };
  }

  /// Adds the counts of a site to `totals`, indexed by code.
  public void addTo(int site, long[] totals) {
    int entries = entries(site);
    for (int i = 0; i < entries; i++) {
      totals[code(site, i)] += count(site, i);
    }
  }

  /// Adds the counts of a site to `totals`, indexed by code, and sets the bit of each code that has
  /// any in `touched`. The sums must fit: the caller compares [#natural] with its bound first.
  public void addTo(int site, int[] totals, long[] touched) {
    int entries = entries(site);
    int codeAt = codesAt[site];
    int countAt = countsAt[site];
    int codeWidth = codeWidth(site);
    int countWidth = countWidth(site);
    if (codeWidth == 2 && countWidth == 1) {
      // What nearly every record of a codebook of up to 65,536 codes looks like.
      for (int i = 0; i < entries; i++) {
        int code = buffer.getShort(codeAt + 2 * i, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
        int count = buffer.getByte(countAt + i) & 0xFF;
        totals[code] += count;
        touched[code >> 6] |= count == 0 ? 0 : 1L << code;
      }
      return;
    }
    for (int i = 0; i < entries; i++) {
      int code = code(site, i);
      int count = (int) count(site, i);
      totals[code] += count;
      touched[code >> 6] |= count == 0 ? 0 : 1L << code;
    }
  }

  private int codeWidth(int site) {
    return unsigned8(site, SitesDecoder.codeWidthEncodingOffset());
  }

  private int countWidth(int site) {
    return unsigned8(site, SitesDecoder.countWidthEncodingOffset());
  }

  private int componentOrdinal(int site) {
    return unsigned8(site, SitesDecoder.componentEncodingOffset());
  }

  private int head(int site) {
    return buffer.getShort(field(site, SitesDecoder.headEncodingOffset()), ByteOrder.LITTLE_ENDIAN);
  }

  private int field(int site, int offset) {
    return sitesAt + site * siteStride + offset;
  }

  private int unsigned8(int site, int offset) {
    return buffer.getByte(field(site, offset)) & 0xFF;
  }

  private int unsigned16(int at) {
    return buffer.getShort(at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
  }

  private long unsigned32(int site, int offset) {
    return buffer.getInt(field(site, offset), ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL;
  }

  private String text(int at) {
    byte[] utf8 = new byte[unsigned16(at)];
    buffer.getBytes(at + 2, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
