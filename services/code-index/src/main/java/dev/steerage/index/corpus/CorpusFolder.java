package dev.steerage.index.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files of a corpus: `corpus.json`, `tokens.bin`, `segment-000000.bin` and on.
public final class CorpusFolder {
  private static final String PATTERN = "segment-\\d{6}\\.bin";

  private final Path path;

  public CorpusFolder(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  /// The segments that are there, in order, damaged ones included.
  public List<Path> segmentFiles() {
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.getFileName().toString().matches(PATTERN)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("folder=" + path, e);
    }
  }

  /// The file of a segment.
  public Path segmentFile(int number) {
    return path.resolve("segment-%06d.bin".formatted(number));
  }
}
