package dev.steerage.transformer.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/// The tensors of a weights file by name, for who wants them rather than a model: a trainer that
/// begins with a checkpoint.
public final class StoredTensors {
  private final TensorFile file;
  private final Arena arena;

  private StoredTensors(TensorFile file, Arena arena) {
    this.file = file;
    this.arena = arena;
  }

  /// Maps a file into an arena, which has to outlive everything read from it.
  ///
  /// @throws CheckpointException if it is none
  public static StoredTensors open(Path path, Arena arena) {
    return new StoredTensors(TensorFile.open(path, arena), arena);
  }

  public Set<String> names() {
    return file.names();
  }

  public int[] shape(String name) {
    return Arrays.stream(file.tensor(name).shape()).mapToInt(Math::toIntExact).toArray();
  }

  /// A tensor of 64-bit integers, flat.
  public int[] ints(String name) {
    return Arrays.stream(file.tensor(name).data().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /// The tensor as native float32.
  ///
  /// @throws CheckpointException if its shape is another one, or a value is not finite
  public MemorySegment floats(String name, int... shape) {
    return file.tensor(name).floats(arena, LoadObserver.refusing(), shape);
  }
}
