package dev.steerage.index.export;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Thrift's compact protocol, as far as Parquet's headers need it: one structure, its fields in
/// ascending order.
final class CompactThrift {
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;
  private static final int SHORT_LIST = 15;

  private final ByteArrayOutputStream out;
  private int last;

  private CompactThrift(ByteArrayOutputStream out) {
    this.out = out;
  }

  /// The bytes of a structure.
  static byte[] write(Consumer<CompactThrift> fields) {
    var out = new ByteArrayOutputStream();
    struct(out, fields);
    return out.toByteArray();
  }

  private static void struct(ByteArrayOutputStream out, Consumer<CompactThrift> fields) {
    fields.accept(new CompactThrift(out));
    out.write(0);
  }

  private void field(int id, int type) {
    out.write(id - last << 4 | type);
    last = id;
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static void zigzag(ByteArrayOutputStream out, long value) {
    varint(out, value << 1 ^ value >> 63);
  }

  private static void text(ByteArrayOutputStream out, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  CompactThrift i32(int id, int value) {
    field(id, I32);
    zigzag(out, value);
    return this;
  }

  CompactThrift i64(int id, long value) {
    field(id, I64);
    zigzag(out, value);
    return this;
  }

  CompactThrift text(int id, String value) {
    field(id, BINARY);
    text(out, value);
    return this;
  }

  CompactThrift struct(int id, Consumer<CompactThrift> fields) {
    field(id, STRUCT);
    struct(out, fields);
    return this;
  }

  CompactThrift i32s(int id, List<Integer> values) {
    list(id, I32, values.size());
    values.forEach(value -> zigzag(out, value));
    return this;
  }

  CompactThrift texts(int id, List<String> values) {
    list(id, BINARY, values.size());
    values.forEach(value -> text(out, value));
    return this;
  }

  <T> CompactThrift structs(int id, List<T> values, BiConsumer<CompactThrift, T> fields) {
    list(id, STRUCT, values.size());
    values.forEach(value -> struct(out, each -> fields.accept(each, value)));
    return this;
  }

  private void list(int id, int type, int size) {
    field(id, LIST);
    if (size < SHORT_LIST) {
      out.write(size << 4 | type);
    } else {
      out.write(SHORT_LIST << 4 | type);
      varint(out, size);
    }
  }
}
