package dev.steerage.transformer.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A memory-mapped safetensors file:
///
/// ```text
/// | u64 little-endian: n | n bytes of JSON | tensors, without gaps or overlap |
/// ```
///
/// The header is believed in nothing: its length is bounded by the file, sizes are computed with
/// overflow checks, and the tensors have to tile the rest of the file exactly.
final class SafetensorsFile implements TensorFile {
  /// As the format's own library: no header is larger.
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int PREFIX_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final MemorySegment body;
  private final Map<String, TensorEntry> entries;

  private SafetensorsFile(Path path, MemorySegment body, Map<String, TensorEntry> entries) {
    this.path = path;
    this.body = body;
    this.entries = entries;
  }

  /// Maps a file into an arena, which has to outlive everything read from it.
  static SafetensorsFile open(Path path, Arena arena) {
    return of(path, MappedFile.map(path, arena));
  }

  /// Reads the header of a file that is in memory.
  static SafetensorsFile of(Path path, MemorySegment whole) {
    long size = whole.byteSize();
    if (size < PREFIX_BYTES) {
      throw new CheckpointException(
          path, "", "at least " + PREFIX_BYTES + " bytes", size + " bytes");
    }
    long length = whole.get(LENGTH, 0);
    long most = Math.min(size - PREFIX_BYTES, MAX_HEADER_BYTES);
    if (length < 2 || length > most) {
      throw new CheckpointException(
          path, "", "a header of 2 to " + most + " bytes", Long.toUnsignedString(length));
    }
    byte[] header = whole.asSlice(PREFIX_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment body = whole.asSlice(PREFIX_BYTES + length);
    List<TensorEntry> found = new SafetensorsHeader(path, body.byteSize()).read(header);
    return new SafetensorsFile(path, body, tiled(path, found, body.byteSize()));
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  @Override
  public List<Path> files() {
    return List.of(path);
  }

  @Override
  public StoredTensor tensor(String name) {
    TensorEntry entry = entries.get(name);
    if (entry == null) {
      throw new CheckpointException(path, name, "a tensor of this name", "no such tensor");
    }
    MemorySegment data = body.asSlice(entry.begin(), entry.end() - entry.begin());
    return StoredTensor.dense(path, name, entry.type(), entry.shape(), data);
  }

  private static Map<String, TensorEntry> tiled(
      Path path, List<TensorEntry> entries, long bodyBytes) {
    List<TensorEntry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    Map<String, TensorEntry> byName = LinkedHashMap.newLinkedHashMap(sorted.size());
    long next = 0;
    for (TensorEntry entry : sorted) {
      if (entry.begin() != next) {
        throw new CheckpointException(
            path,
            entry.name(),
            "data from byte " + next + " on (no gap, no overlap)",
            "byte " + entry.begin());
      }
      next = entry.end();
      if (byName.put(entry.name(), entry) != null) {
        throw new CheckpointException(path, entry.name(), "each tensor once", "two");
      }
    }
    if (next != bodyBytes) {
      throw new CheckpointException(
          path, "", "tensors of " + bodyBytes + " bytes", "tensors of " + next + " bytes");
    }
    return byName;
  }
}
