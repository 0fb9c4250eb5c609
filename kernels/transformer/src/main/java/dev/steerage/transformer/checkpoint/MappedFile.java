package dev.steerage.transformer.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Maps files read-only.
final class MappedFile {
  private MappedFile() {}

  /// The whole file, alive as long as the arena.
  static MemorySegment map(Path path, Arena arena) {
    if (!Files.isRegularFile(path)) {
      throw new CheckpointException(path, "", "a file of tensors", "no such file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new CheckpointException(path, "", "a readable file", e.toString(), e);
    }
  }
}
