package dev.steerage.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder that is gone after the test; in memory where the machine has a memory file system.
public final class ScratchFolder implements AutoCloseable {

  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path path;

  private ScratchFolder(Path path) {
    this.path = path;
  }

  public static ScratchFolder create() {
    try {
      Path path =
          Files.isWritable(MEMORY)
              ? Files.createTempDirectory(MEMORY, "steerage-test-")
              : Files.createTempDirectory("steerage-test-");
      return new ScratchFolder(path);
    } catch (IOException e) {
      throw new UncheckedIOException("no scratch folder", e);
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(path)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("scratch folder cannot be removed: folder=" + path, e);
    }
  }
}
