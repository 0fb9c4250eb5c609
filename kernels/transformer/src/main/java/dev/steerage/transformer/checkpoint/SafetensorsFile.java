package dev.steerage.transformer.checkpoint;

import dev.steerage.ops.Floats;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A memory-mapped safetensors file:
///
/// ```text
/// | u64 little-endian: n | n bytes of JSON | tensors, without gaps or overlap |
/// ```
///
/// The header is believed in nothing: its length is bounded by the file, sizes are computed with
/// overflow checks, and the tensors have to tile the rest of the file exactly.
final class SafetensorsFile {
  /// As the format's own library: no header is larger.
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int PREFIX_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort F16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final Arena arena;
  private final MemorySegment whole;
  private final MemorySegment body;
  private final Map<String, TensorEntry> entries;

  private SafetensorsFile(
      Path path, Arena arena, MemorySegment whole, long bodyAt, Map<String, TensorEntry> entries) {
    this.path = path;
    this.arena = arena;
    this.whole = whole;
    this.body = whole.asSlice(bodyAt);
    this.entries = entries;
  }

  /// Maps a file into an arena, which has to outlive everything read from it.
  static SafetensorsFile open(Path path, Arena arena) {
    if (!Files.isRegularFile(path)) {
      throw new CheckpointException(path, "", "a safetensors file", "no such file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < PREFIX_BYTES) {
        throw new CheckpointException(
            path, "", "at least " + PREFIX_BYTES + " bytes", size + " bytes");
      }
      MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      long length = whole.get(LENGTH, 0);
      long most = Math.min(size - PREFIX_BYTES, MAX_HEADER_BYTES);
      if (length < 2 || length > most) {
        throw new CheckpointException(
            path, "", "a header of 2 to " + most + " bytes", Long.toUnsignedString(length));
      }
      byte[] header = whole.asSlice(PREFIX_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
      long bodyAt = PREFIX_BYTES + length;
      Map<String, TensorEntry> entries = entries(path, header, size - bodyAt);
      return new SafetensorsFile(path, arena, whole, bodyAt, entries);
    } catch (IOException e) {
      throw new CheckpointException(path, "", "a readable file", e.toString(), e);
    }
  }

  Path path() {
    return path;
  }

  Set<String> names() {
    return entries.keySet();
  }

  /// The whole file, header included.
  MemorySegment whole() {
    return whole;
  }

  TensorEntry entry(String name) {
    TensorEntry entry = entries.get(name);
    if (entry == null) {
      throw new CheckpointException(path, name, "a tensor of this name", "no such tensor");
    }
    return entry;
  }

  /// The bytes of a tensor as they lie in the file.
  MemorySegment data(String name) {
    TensorEntry entry = entry(name);
    return body.asSlice(entry.begin(), entry.end() - entry.begin());
  }

  /// A float tensor as native float32: the mapped bytes themselves where they already are that,
  /// else a widened copy in this file's arena. Values that are not finite are refused: they would
  /// turn every score into NaN, far from the cause.
  MemorySegment floats(String name, int... shape) {
    TensorEntry entry = entry(name);
    if (!entry.type().isWeight()) {
      throw new CheckpointException(path, name, "type F32, F16 or BF16", entry.type().name());
    }
    if (!entry.hasShape(shape)) {
      throw new CheckpointException(
          path, name, "shape " + Arrays.toString(shape), "shape " + Arrays.toString(entry.shape()));
    }
    MemorySegment data = data(name);
    long count = data.byteSize() / entry.type().bytes();
    MemorySegment values = widen(entry.type(), data, count);
    for (long i = 0; i < count; i++) {
      float value = Floats.get(values, i);
      if (!Float.isFinite(value)) {
        throw new CheckpointException(path, name, "finite values", value + " at element " + i);
      }
    }
    return values;
  }

  private MemorySegment widen(TensorType type, MemorySegment data, long count) {
    if (type == TensorType.F32 && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      return data;
    }
    MemorySegment values = arena.allocate(Math.multiplyExact(count, Float.BYTES), 64);
    for (long i = 0; i < count; i++) {
      float value =
          switch (type) {
            case F32 -> data.get(F32, 4 * i);
            case F16 -> Float.float16ToFloat(data.get(F16, 2 * i));
            case BF16 -> Float.intBitsToFloat(data.get(F16, 2 * i) << 16);
            case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalStateException("no weight type: type=" + type);
          };
      Floats.set(values, i, value);
    }
    return values;
  }

  private static Map<String, TensorEntry> entries(Path path, byte[] header, long bodyBytes) {
    JsonNode root = JsonFile.parse(path, header);
    List<TensorEntry> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : root.properties()) {
      if (!property.getKey().equals("__metadata__")) {
        found.add(entryOf(path, property.getKey(), property.getValue(), bodyBytes));
      }
    }
    found.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    Map<String, TensorEntry> byName = LinkedHashMap.newLinkedHashMap(found.size());
    long next = 0;
    for (TensorEntry entry : found) {
      if (entry.begin() != next) {
        throw new CheckpointException(
            path,
            entry.name(),
            "data from byte " + next + " on (no gap, no overlap)",
            "byte " + entry.begin());
      }
      next = entry.end();
      byName.put(entry.name(), entry);
    }
    if (next != bodyBytes) {
      throw new CheckpointException(
          path, "", "tensors of " + bodyBytes + " bytes", "tensors of " + next + " bytes");
    }
    return byName;
  }

  private static TensorEntry entryOf(Path path, String name, JsonNode node, long bodyBytes) {
    JsonNode dtype = node.path("dtype");
    TensorType type =
        TensorType.of(dtype.isString() ? dtype.stringValue() : "")
            .orElseThrow(
                () -> new CheckpointException(path, name, "a known dtype", dtype.toString()));
    long[] shape = longs(path, name, "shape", node.path("shape"));
    long[] offsets = longs(path, name, "data_offsets", node.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > bodyBytes) {
      throw new CheckpointException(
          path,
          name,
          "data_offsets [begin, end] within " + bodyBytes + " bytes (file cut short?)",
          Arrays.toString(offsets));
    }
    long bytes = bytes(path, name, type, shape);
    if (bytes != offsets[1] - offsets[0]) {
      throw new CheckpointException(
          path,
          name,
          bytes + " bytes for " + type + Arrays.toString(shape),
          (offsets[1] - offsets[0]) + " bytes");
    }
    return new TensorEntry(name, type, shape, offsets[0], offsets[1]);
  }

  private static long bytes(Path path, String name, TensorType type, long[] shape) {
    try {
      long bytes = type.bytes();
      for (long n : shape) {
        bytes = Math.multiplyExact(bytes, n);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          path, name, "a shape of less than 2^63 bytes", Arrays.toString(shape), e);
    }
  }

  private static long[] longs(Path path, String name, String field, JsonNode node) {
    boolean good = node.isArray();
    for (JsonNode value : node) {
      good &= value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
    }
    if (!good) {
      throw new CheckpointException(
          path, name, field + " of integers >= 0", node.isMissingNode() ? "none" : node.toString());
    }
    long[] values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).longValue();
    }
    return values;
  }
}
