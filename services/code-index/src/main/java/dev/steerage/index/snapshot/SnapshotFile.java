package dev.steerage.index.snapshot;

import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// One file: magic, version, length, content, SHA-256 of everything before. Written beside its
/// place and moved there, so that a crash leaves the former one.
final class SnapshotFile {
  static final int VERSION = 3;

  private static final byte[] MAGIC = "STEERIDX".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = MAGIC.length + Integer.BYTES + Long.BYTES;
  private static final int DIGEST = 32;

  private SnapshotFile() {}

  /// What is in a file is no snapshot that this version can use.
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  static void write(Path file, Output content) throws IOException {
    ByteBuffer header = header(content.size());
    MessageDigest sha = sha256();
    sha.update(header.array());
    sha.update(content.array(), 0, content.size());
    Files.createDirectories(file.getParent());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (FileChannel to =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(to, header);
      writeAll(to, ByteBuffer.wrap(content.array(), 0, content.size()));
      writeAll(to, ByteBuffer.wrap(sha.digest()));
      to.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static ByteBuffer header(long length) {
    return ByteBuffer.allocate(HEADER)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putInt(VERSION)
        .putLong(length)
        .flip();
  }

  private static void writeAll(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /// The content of a file.
  ///
  /// @throws Unusable if it is cut off, changed, or of another version
  static Input read(Path file) throws IOException, Unusable {
    byte[] all = Files.readAllBytes(file);
    if (all.length < HEADER + DIGEST
        || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new Unusable("no snapshot: bytes=" + all.length);
    }
    ByteBuffer header = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    int version = header.getInt(MAGIC.length);
    if (version != VERSION) {
      throw new Unusable("version=" + version + ", expected=" + VERSION);
    }
    long length = header.getLong(MAGIC.length + Integer.BYTES);
    if (length != all.length - HEADER - DIGEST) {
      throw new Unusable("bytes=" + all.length + ", expected=" + (HEADER + length + DIGEST));
    }
    MessageDigest sha = sha256();
    sha.update(all, 0, all.length - DIGEST);
    if (!MessageDigest.isEqual(
        sha.digest(), Arrays.copyOfRange(all, all.length - DIGEST, all.length))) {
      throw new Unusable("checksum is wrong");
    }
    return new Input(MemorySegment.ofArray(all).asSlice(HEADER, length), 0);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
