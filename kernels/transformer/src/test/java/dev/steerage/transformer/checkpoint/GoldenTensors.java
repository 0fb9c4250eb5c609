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
  private final SafetensorsFile file;

  public GoldenTensors(Path path) {
    file = SafetensorsFile.open(path, Arena.ofAuto());
  }

  public Set<String> names() {
    return file.names();
  }

  public int[] shape(String name) {
    return Arrays.stream(file.entry(name).shape()).mapToInt(Math::toIntExact).toArray();
  }

  /// The tensor, flat.
  public float[] floats(String name) {
    MemorySegment values = file.floats(name, shape(name));
    float[] copy = new float[(int) (values.byteSize() / Float.BYTES)];
    MemorySegment.copy(values, Floats.LAYOUT, 0, copy, 0, copy.length);
    return copy;
  }

  /// The tensor as native memory.
  public MemorySegment segment(String name) {
    return file.floats(name, shape(name));
  }

  /// An integer tensor, flat.
  public int[] ints(String name) {
    return Arrays.stream(file.data(name).toArray(ValueLayout.JAVA_LONG_UNALIGNED))
        .mapToInt(Math::toIntExact)
        .toArray();
  }
}
