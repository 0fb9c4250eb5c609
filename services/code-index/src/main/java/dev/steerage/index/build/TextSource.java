package dev.steerage.index.build;

import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.CorpusInfo;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// A text file as documents: what lies between separators, without white space at both ends.
final class TextSource {
  private static final int LARGEST_DOCUMENT = 64 * 1024 * 1024;

  private final Path file;
  private final MemorySegment bytes;
  private final byte[] separator;

  private TextSource(Path file, MemorySegment bytes, String separator) {
    this.file = file;
    this.bytes = bytes;
    this.separator = separator.getBytes(StandardCharsets.UTF_8);
  }

  /// A document and where it ends.
  ///
  /// @param end byte after its separator
  record Document(String text, long end) {}

  /// Opens a file and checks that it is what it was.
  ///
  /// @throws CorpusException if it changed or cannot be read
  static TextSource open(CorpusInfo.Source source, String separator) {
    Path file = Path.of(source.path());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != source.bytes()) {
        throw new CorpusException(
            "text=%s: bytes=%d, when it was added: %d"
                .formatted(file, channel.size(), source.bytes()));
      }
      MemorySegment bytes =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      return new TextSource(file, bytes, separator);
    } catch (IOException e) {
      throw new CorpusException("text=" + file + " cannot be read: " + e, e);
    }
  }

  /// Describes a file as it is now.
  static CorpusInfo.Source describe(Path file) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return new CorpusInfo.Source(
          file.toAbsolutePath().normalize().toString(),
          Files.size(file),
          HexFormat.of().formatHex(sha.digest()));
    } catch (IOException e) {
      throw new CorpusException("text=" + file + " cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  long size() {
    return bytes.byteSize();
  }

  /// The document that begins at an offset or after it; none: only white space is left.
  Optional<Document> next(long offset) {
    long at = offset;
    while (at < size()) {
      long stop = find(at);
      if (stop - at > LARGEST_DOCUMENT) {
        throw new CorpusException(
            "text=%s: document at byte %d: bytes=%d, limit=%d"
                .formatted(file, at, stop - at, LARGEST_DOCUMENT));
      }
      byte[] copy = new byte[(int) (stop - at)];
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, copy.length);
      String text = new String(copy, StandardCharsets.UTF_8).strip();
      long end = Math.min(size(), stop + separator.length);
      if (!text.isEmpty()) {
        return Optional.of(new Document(text, end));
      }
      at = end;
    }
    return Optional.empty();
  }

  /// Where the next separator begins, or the end.
  private long find(long from) {
    long last = size() - separator.length;
    for (long at = from; at <= last; at++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at) == separator[0] && isSeparator(at)) {
        return at;
      }
    }
    return size();
  }

  private boolean isSeparator(long at) {
    for (int i = 1; i < separator.length; i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at + i) != separator[i]) {
        return false;
      }
    }
    return true;
  }
}
