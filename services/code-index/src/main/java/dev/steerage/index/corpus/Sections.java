package dev.steerage.index.corpus;

import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// A file of sections, each found by kind and number, with a checksum for every 64 KiB.
///
/// Bytes: magic; the sections, each at a multiple of 8; then the table of sections and the
/// checksums (the trailer), its length, its checksum, magic.
final class Sections {
  private static final long MAGIC = 0x3147_4553_4745_4C53L;
  private static final int BLOCK = 64 * 1024;
  private static final int TAIL = 16;

  private final MemorySegment bytes;
  private final Map<Long, Section> table = new HashMap<>();

  private Sections(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /// Where a section lies.
  private record Section(int kind, int number, long offset, long length) {}

  private static long key(int kind, int number) {
    return (long) kind << 32 | number;
  }

  /// A section; empty where the file has none of that kind and number.
  MemorySegment section(int kind, int number) {
    Section found = table.get(key(kind, number));
    return found == null
        ? MemorySegment.ofArray(new byte[0])
        : bytes.asSlice(found.offset(), found.length());
  }

  long size() {
    return bytes.byteSize();
  }

  /// Bytes of all sections of a kind.
  long size(int kind) {
    return table.values().stream()
        .filter(section -> section.kind() == kind)
        .mapToLong(Section::length)
        .sum();
  }

  /// Maps a file and compares every checksum. The mapping lives as long as somebody holds it.
  ///
  /// @throws DamagedSegment if a checksum is wrong or the file is cut off
  static Sections open(Path file) throws IOException {
    MemorySegment bytes;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
    try {
      return checked(file, bytes);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new DamagedSegment(file, "its table cannot be read: " + e.getMessage());
    }
  }

  private static Sections checked(Path file, MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size < 8 + TAIL || new Input(bytes, size - 8).i64() != MAGIC) {
      throw new DamagedSegment(file, "cut off, bytes=" + size);
    }
    var tail = new Input(bytes, size - TAIL);
    int trailerLength = tail.i32();
    int trailerSum = tail.i32();
    long trailer = size - TAIL - trailerLength;
    if (trailerLength < 0 || trailer < 8) {
      throw new DamagedSegment(file, "table length=" + trailerLength);
    }
    if (sum(bytes, trailer, size - TAIL) != trailerSum) {
      throw new DamagedSegment(file, "checksum of the table");
    }
    var found = new Sections(bytes);
    var in = new Input(bytes, trailer);
    int sections = in.i32();
    for (int i = 0; i < sections; i++) {
      var section = new Section(in.i32(), in.i32(), in.i64(), in.i64());
      found.table.put(key(section.kind(), section.number()), section);
    }
    for (long from = 0; from < trailer; from += BLOCK) {
      if (in.i32() != sum(bytes, from, Math.min(trailer, from + BLOCK))) {
        throw new DamagedSegment(file, "checksum of bytes " + from + " and on");
      }
    }
    return found;
  }

  private static int sum(MemorySegment bytes, long from, long to) {
    var sum = new CRC32C();
    sum.update(bytes.asSlice(from, to - from).asByteBuffer());
    return (int) sum.getValue();
  }

  /// Writes a file beside its place, then moves it there: whoever looks sees all of it or nothing.
  static final class Writer implements AutoCloseable {
    private final Path file;
    private final Path fresh;
    private final FileChannel channel;
    private final List<Section> written = new ArrayList<>();
    private final Output sums = new Output(4096);
    private final CRC32C sum = new CRC32C();
    private long size;

    Writer(Path file) throws IOException {
      this.file = file;
      fresh = file.resolveSibling(file.getFileName() + ".part");
      channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      var magic = new Output(8);
      magic.i64(MAGIC);
      append(magic);
    }

    void section(int kind, int number, Output content) throws IOException {
      written.add(new Section(kind, number, size, content.size()));
      append(content);
      var padding = new Output(8);
      for (long at = size; at % 8 != 0; at++) {
        padding.u8(0);
      }
      append(padding);
    }

    private void append(Output content) throws IOException {
      int from = 0;
      while (from < content.size()) {
        int room = (int) (BLOCK - size % BLOCK);
        int length = Math.min(room, content.size() - from);
        sum.update(content.array(), from, length);
        write(ByteBuffer.wrap(content.array(), from, length));
        from += length;
        if (size % BLOCK == 0) {
          endBlock();
        }
      }
    }

    private void write(ByteBuffer from) throws IOException {
      size += from.remaining();
      while (from.hasRemaining()) {
        channel.write(from);
      }
    }

    private void endBlock() {
      sums.i32((int) sum.getValue());
      sum.reset();
    }

    void finish() throws IOException {
      if (size % BLOCK != 0) {
        endBlock();
      }
      var trailer = new Output(sums.size() + 1024);
      trailer.i32(written.size());
      for (Section section : written) {
        trailer.i32(section.kind());
        trailer.i32(section.number());
        trailer.i64(section.offset());
        trailer.i64(section.length());
      }
      trailer.bytes(sums.array(), 0, sums.size());
      var check = new CRC32C();
      check.update(trailer.array(), 0, trailer.size());
      int length = trailer.size();
      trailer.i32(length);
      trailer.i32((int) check.getValue());
      trailer.i64(MAGIC);
      write(ByteBuffer.wrap(trailer.array(), 0, trailer.size()));
      channel.force(true);
      channel.close();
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
        // The new name, too, has to survive a loss of power.
        folder.force(true);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
