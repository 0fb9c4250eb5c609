package dev.steerage.index.export;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// A flat Parquet file of whole numbers: every column is required, one gzip page of plain values
/// per column and row group. Columns of ids compress well enough that dictionaries are left out.
final class ParquetFile implements Closeable {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int INT32 = 1;
  private static final int INT64 = 2;
  private static final int REQUIRED = 0;
  private static final int PLAIN = 0;
  private static final int RLE = 3;
  private static final int GZIP = 2;
  private static final int DATA_PAGE = 0;
  private static final int ROWS_MAX = 65_536;

  private final OutputStream out;
  private final List<Column> columns;
  private final ByteBuffer[] values;
  private final List<Group> groups = new ArrayList<>();
  private long written;
  private long allRows;
  private int rows;

  /// A column.
  ///
  /// @param isLong 8 bytes, else 4
  record Column(String name, boolean isLong) {
    private int bytes() {
      return isLong ? Long.BYTES : Integer.BYTES;
    }

    private int type() {
      return isLong ? INT64 : INT32;
    }
  }

  private record Chunk(Column column, long offset, long plain, long packed) {}

  private record Group(List<Chunk> chunks, long rows) {
    private long plain() {
      return chunks.stream().mapToLong(Chunk::plain).sum();
    }
  }

  ParquetFile(Path file, List<Column> columns) throws IOException {
    this.columns = List.copyOf(columns);
    values = new ByteBuffer[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          ByteBuffer.allocate(ROWS_MAX * columns.get(i).bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
    out = Files.newOutputStream(file);
    put(MAGIC);
  }

  private void put(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }

  /// Sets a value of the row that is being written.
  void set(int column, long value) {
    if (columns.get(column).isLong()) {
      values[column].putLong(value);
    } else {
      values[column].putInt((int) value);
    }
  }

  /// Ends a row; every column has to be set once.
  void endRow() throws IOException {
    if (++rows == ROWS_MAX) {
      endGroup();
    }
  }

  private void endGroup() throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      chunks.add(chunk(columns.get(i), values[i]));
      values[i].clear();
    }
    groups.add(new Group(chunks, rows));
    allRows += rows;
    rows = 0;
  }

  private Chunk chunk(Column column, ByteBuffer plain) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain.array(), 0, plain.position());
    }
    byte[] header =
        CompactThrift.write(
            page ->
                page.i32(1, DATA_PAGE)
                    .i32(2, plain.position())
                    .i32(3, packed.size())
                    .struct(5, data -> data.i32(1, rows).i32(2, PLAIN).i32(3, RLE).i32(4, RLE)));
    long offset = written;
    put(header);
    put(packed.toByteArray());
    return new Chunk(
        column, offset, header.length + plain.position(), header.length + packed.size());
  }

  @Override
  public void close() throws IOException {
    try (out) {
      if (rows > 0) {
        endGroup();
      }
      byte[] footer = footer();
      put(footer);
      put(
          ByteBuffer.allocate(Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(footer.length)
              .array());
      put(MAGIC);
    }
  }

  private byte[] footer() {
    List<Column> schema = new ArrayList<>();
    schema.add(null); // The root has no column.
    schema.addAll(columns);
    return CompactThrift.write(
        file ->
            file.i32(1, 1)
                .structs(2, schema, this::schema)
                .i64(3, allRows)
                .structs(4, groups, ParquetFile::group)
                .text(6, "steerage"));
  }

  private void schema(CompactThrift element, Column columnOrNull) {
    if (columnOrNull == null) {
      element.text(4, "codes").i32(5, columns.size());
    } else {
      element.i32(1, columnOrNull.type()).i32(3, REQUIRED).text(4, columnOrNull.name());
    }
  }

  private static void group(CompactThrift out, Group group) {
    out.structs(1, group.chunks(), (each, chunk) -> chunk(each, chunk, group.rows()))
        .i64(2, group.plain())
        .i64(3, group.rows());
  }

  private static void chunk(CompactThrift out, Chunk chunk, long rows) {
    out.i64(2, chunk.offset())
        .struct(
            3,
            meta ->
                meta.i32(1, chunk.column().type())
                    .i32s(2, List.of(PLAIN, RLE))
                    .texts(3, List.of(chunk.column().name()))
                    .i32(4, GZIP)
                    .i64(5, rows)
                    .i64(6, chunk.plain())
                    .i64(7, chunk.packed())
                    .i64(9, chunk.offset()));
  }
}
