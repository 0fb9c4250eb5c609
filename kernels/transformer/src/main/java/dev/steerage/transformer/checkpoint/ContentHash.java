package dev.steerage.transformer.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;

/// SHA-256 over the content of files, each with its length, so that no byte can move from one file
/// to the next. Reads instead of mapping: what is only hashed shall not stay in memory.
final class ContentHash {
  // Large arrays go through the processor's own instructions even before anything is compiled.
  private static final int AT_ONCE = 1 << 20;

  private ContentHash() {}

  /// @param read told the number of bytes after each piece
  static String of(List<Path> files, LongConsumer read) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer part = ByteBuffer.allocate(AT_ONCE);
      for (Path file : files) {
        add(file, digest, part, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void add(Path file, MessageDigest digest, ByteBuffer part, LongConsumer read) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(channel.size()).flip());
      while (channel.read(part.clear()) >= 0) {
        read.accept(part.position());
        digest.update(part.flip());
      }
    } catch (IOException e) {
      throw new CheckpointException(file, "", "a readable file", e.toString(), e);
    }
  }
}
