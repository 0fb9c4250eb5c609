package dev.steerage.transformer.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The entries of a zip archive in which every entry is stored, not compressed, as torch writes
/// them: they are read where they lie, and there is nothing that could be inflated.
///
/// ```text
/// | local header, data | … | directory: one record per entry | zip64 end | zip64 locator | end |
/// ```
///
/// The directory is believed in nothing: names, ranges and their overlap are checked, and each
/// entry's local header has to agree with it.
final class ZipDirectory {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LOCAL = 0x04034b50;
  private static final int RECORD = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int LOCAL_BYTES = 30;
  private static final int RECORD_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int END_64_BYTES = 56;
  private static final int LOCATOR_64_BYTES = 20;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final long IN_ZIP64 = 0xFFFFFFFFL;
  private static final int SYMBOLIC_LINK = 0xA000;

  private final Path path;
  private final MemorySegment whole;

  private ZipDirectory(Path path, MemorySegment whole) {
    this.path = path;
    this.whole = whole;
  }

  /// @param from first byte of the local header
  private record Entry(String name, long from, long dataAt, long bytes) {}

  /// @param entries number of records
  /// @param to one past the directory's last byte
  private record Place(long entries, long from, long to) {}

  static boolean isZip(MemorySegment whole) {
    return whole.byteSize() >= END_BYTES && whole.get(U32, 0) == LOCAL;
  }

  /// The data of every entry, by name, in the order of the archive.
  static Map<String, MemorySegment> read(Path path, MemorySegment whole) {
    return new ZipDirectory(path, whole).read();
  }

  private Map<String, MemorySegment> read() {
    Place place = place();
    List<Entry> entries = new ArrayList<>();
    long at = place.from();
    for (long i = 0; i < place.entries(); i++) {
      require(at + RECORD_BYTES <= place.to(), "", "a directory of " + place.entries(), "" + i);
      require(u32(at) == RECORD, "", "a directory record at byte " + at, "something else");
      entries.add(entry(at, place));
      at += RECORD_BYTES + u16(at + 28) + u16(at + 30) + u16(at + 32);
    }
    require(
        at == place.to(),
        "",
        "a directory of " + (place.to() - place.from()) + " bytes",
        "" + (at - place.from()));
    entries.sort(Comparator.comparingLong(Entry::from));
    Map<String, MemorySegment> byName = LinkedHashMap.newLinkedHashMap(entries.size());
    long next = 0;
    for (Entry entry : entries) {
      require(
          entry.from() >= next,
          entry.name(),
          "entries that do not overlap",
          "byte " + entry.from());
      next = entry.dataAt() + entry.bytes();
      MemorySegment data = whole.asSlice(entry.dataAt(), entry.bytes());
      require(byName.put(entry.name(), data) == null, entry.name(), "each name once", "twice");
    }
    return byName;
  }

  private Place place() {
    long size = whole.byteSize();
    require(isZip(whole), "", "a zip archive", size + " bytes of something else");
    long end = size - END_BYTES;
    long first = Math.max(0, end - MAX_COMMENT);
    while (end >= first && (u32(end) != END || end + END_BYTES + u16(end + 20) != size)) {
      end--;
    }
    require(end >= first, "", "the end of a zip archive (file cut short?)", "none");
    require(u16(end + 4) == 0 && u16(end + 6) == 0, "", "an archive of one file", "several");
    long entries = u16(end + 10);
    long bytes = u32(end + 12) & IN_ZIP64;
    long from = u32(end + 16) & IN_ZIP64;
    long limit = end;
    if (entries == 0xFFFF || bytes == IN_ZIP64 || from == IN_ZIP64) {
      long locator = end - LOCATOR_64_BYTES;
      require(locator >= 0 && u32(locator) == LOCATOR_64, "", "a zip64 locator", "none");
      limit = whole.get(U64, locator + 8);
      boolean fits = limit >= 0 && limit <= locator - END_64_BYTES && u32(limit) == END_64;
      require(fits, "", "a zip64 end before byte " + locator, "byte " + limit);
      entries = whole.get(U64, limit + 32);
      bytes = whole.get(U64, limit + 40);
      from = whole.get(U64, limit + 48);
    }
    boolean fits = from >= 0 && bytes >= 0 && from <= limit && bytes <= limit - from;
    require(fits, "", "a directory before byte " + limit, from + " and " + bytes + " bytes");
    boolean holds = entries >= 0 && entries <= bytes / RECORD_BYTES;
    require(holds, "", "at most " + bytes / RECORD_BYTES + " entries", "" + entries);
    return new Place(entries, from, from + bytes);
  }

  private Entry entry(long at, Place place) {
    int nameBytes = u16(at + 28);
    int extraBytes = u16(at + 30);
    long recordEnd = at + RECORD_BYTES + nameBytes + extraBytes + u16(at + 32);
    require(recordEnd <= place.to(), "", "records within the directory", "byte " + recordEnd);
    String name = name(at + RECORD_BYTES, nameBytes);
    require((u16(at + 8) & 1) == 0, name, "no encryption", "an encrypted entry");
    int method = u16(at + 10);
    require(method == 0, name, "a stored entry (method 0)", "method " + method);
    boolean isLink = (u32(at + 38) >>> 16 & 0xF000) == SYMBOLIC_LINK;
    require(!isLink, name, "a plain entry", "a symbolic link");
    long[] sizes = {u32(at + 24) & IN_ZIP64, u32(at + 20) & IN_ZIP64, u32(at + 42) & IN_ZIP64};
    zip64(name, at + RECORD_BYTES + nameBytes, extraBytes, sizes);
    require(sizes[0] == sizes[1], name, "stored bytes = bytes", sizes[1] + " = " + sizes[0]);
    long from = sizes[2];
    boolean begins = from >= 0 && from <= place.from() - LOCAL_BYTES && u32(from) == LOCAL;
    require(begins, name, "a local header before byte " + place.from(), "byte " + from);
    long dataAt = from + LOCAL_BYTES + u16(from + 26) + u16(from + 28);
    boolean fits = dataAt <= place.from() && sizes[0] >= 0 && sizes[0] <= place.from() - dataAt;
    require(fits, name, "data before byte " + place.from(), sizes[0] + " bytes at " + dataAt);
    String local = name(from + LOCAL_BYTES, u16(from + 26));
    require(local.equals(name), name, "the same name in the local header", local);
    return new Entry(name, from, dataAt, sizes[0]);
  }

  /// Sizes and offset that do not fit into 32 bits stand in an extra field, in this order.
  private void zip64(String name, long extraAt, int extraBytes, long[] sizes) {
    long at = extraAt;
    long end = extraAt + extraBytes;
    while (at + 4 <= end) {
      int id = u16(at);
      long fieldEnd = at + 4 + u16(at + 2);
      require(fieldEnd <= end, name, "extra fields within the record", "byte " + fieldEnd);
      if (id == 1) {
        long value = at + 4;
        for (int i = 0; i < sizes.length; i++) {
          if (sizes[i] == IN_ZIP64) {
            require(value + 8 <= fieldEnd, name, "a zip64 field for each size", "too few");
            sizes[i] = whole.get(U64, value);
            value += 8;
          }
        }
      }
      at = fieldEnd;
    }
  }

  private String name(long at, int bytes) {
    byte[] text = whole.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
    String name = new String(text, StandardCharsets.UTF_8);
    boolean printable = name.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\' && c != ':');
    require(
        printable && !name.isEmpty(),
        "",
        "entry names of printable ASCII",
        name.length() + " characters");
    boolean inside = !name.startsWith("/") && !List.of(name.split("/", -1)).contains("..");
    require(inside, name, "names inside the archive", name);
    return name;
  }

  private int u16(long at) {
    return whole.get(U16, at) & 0xFFFF;
  }

  private int u32(long at) {
    return whole.get(U32, at);
  }

  private void require(boolean holds, String entry, String expected, String found) {
    if (!holds) {
      throw new CheckpointException(path, entry, expected, found);
    }
  }
}
