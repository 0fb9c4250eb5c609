package dev.steerage.index.export;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A NumPy array of two dimensions that grows row by row: format 1.0, little endian. The number of
/// rows is written into the header when the file is closed.
final class NpyFile implements Closeable {
  private static final int HEADER = 128;
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Type type;
  private final int columns;
  private final OutputStream out;
  private long values;

  /// Element types.
  enum Type {
    /// Unsigned, two bytes.
    U16("<u2"),
    /// Signed, four bytes.
    I32("<i4"),
    /// Signed, eight bytes.
    I64("<i8");

    private final String name;

    Type(String name) {
      this.name = name;
    }
  }

  /// @param columns 0: one dimension
  NpyFile(Path file, Type type, int columns) throws IOException {
    this.file = file;
    this.type = type;
    this.columns = columns;
    out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
    out.write(header(0));
  }

  void add(long value) throws IOException {
    values++;
    switch (type) {
      case U16 -> bytes(value, 2);
      case I32 -> bytes(value, 4);
      case I64 -> bytes(value, 8);
    }
  }

  private void bytes(long value, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      out.write((int) (value >> 8 * i));
    }
  }

  private byte[] header(long rows) {
    String shape = columns == 0 ? "(" + rows + ",)" : "(" + rows + ", " + columns + ")";
    String text =
        "{'descr': '" + type.name + "', 'fortran_order': False, 'shape': " + shape + ", }";
    byte[] header = new byte[HEADER];
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, HEADER - 10, 0};
    System.arraycopy(magic, 0, header, 0, magic.length);
    byte[] padded =
        (text + " ".repeat(HEADER - magic.length - 1 - text.length()) + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(padded, 0, header, magic.length, padded.length);
    return header;
  }

  @Override
  public void close() throws IOException {
    out.close();
    try (RandomAccessFile again = new RandomAccessFile(file.toFile(), "rw")) {
      again.write(header(columns == 0 ? values : values / columns));
    }
  }
}
