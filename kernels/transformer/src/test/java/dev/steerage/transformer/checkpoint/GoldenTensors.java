package dev.steerage.transformer.checkpoint;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/// Expected tensors of a golden folder.
public final class GoldenTensors {
  private final TensorFile file;
  private final Arena arena = Arena.ofAuto();

  public GoldenTensors(Path path) {
    file = TensorFile.open(path, arena);
  }

  public Set<String> names() {
    return file.names();
  }

  public int[] shape(String name) {
    return Arrays.stream(file.tensor(name).shape()).mapToInt(Math::toIntExact).toArray();
  }

  /// The tensor, flat.
  public float[] floats(String name) {
    MemorySegment values = file.tensor(name).floats(arena, LoadObserver.refusing(), shape(name));
    float[] copy = new float[(int) (values.byteSize() / Float.BYTES)];
    MemorySegment.copy(values, Floats.LAYOUT, 0, copy, 0, copy.length);
    return copy;
  }

  /// The tensor as native memory.
  public MemorySegment segment(String name) {
    return file.tensor(name).floats(arena, LoadObserver.refusing(), shape(name));
  }

  /// An integer tensor, flat.
  public int[] ints(String name) {
    return Arrays.stream(file.tensor(name).data().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
        .mapToInt(Math::toIntExact)
        .toArray();
  }
}
