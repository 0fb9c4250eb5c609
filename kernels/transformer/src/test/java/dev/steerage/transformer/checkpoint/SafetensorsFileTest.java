package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.steerage.ops.Floats;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
  private static final float[] VALUES = {0f, -0f, 1f, -2.5f, 0.000061035156f, 1024f};

  @TempDir Path folder;

  @Test
  void shouldReadEveryFloatTypeAsFloat32() throws IOException {
    ByteBuffer body = ByteBuffer.allocate(3 + 6 * 8).order(ByteOrder.LITTLE_ENDIAN);
    // Three bytes of a mask first: what follows lies at odd addresses.
    body.put((byte) 1).put((byte) 0).put((byte) 1);
    for (float value : VALUES) {
      body.putFloat(value);
    }
    for (float value : VALUES) {
      body.putShort(Float.floatToFloat16(value));
    }
    for (float value : VALUES) {
      body.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
    }
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file =
          SafetensorsFile.open(
              write(
                  """
                  {"__metadata__": {"format": "pt"},
                   "mask": {"dtype": "BOOL", "shape": [3], "data_offsets": [0, 3]},
                   "single": {"dtype": "F32", "shape": [2, 3], "data_offsets": [3, 27]},
                   "half": {"dtype": "F16", "shape": [6], "data_offsets": [27, 39]},
                   "brain": {"dtype": "BF16", "shape": [6, 1], "data_offsets": [39, 51]}}
                  """,
                  body.array()),
              arena);
      assertThat(floats(read(file, "single", 2, 3))).isEqualTo(VALUES);
      assertThat(floats(read(file, "half", 6))).isEqualTo(VALUES);
      assertThat(floats(read(file, "brain", 6, 1))).isEqualTo(VALUES);
      assertThatExceptionOfType(CheckpointException.class)
          .isThrownBy(() -> read(file, "mask", 3))
          .withMessageContaining("tensor=mask")
          .withMessageContaining("found BOOL");
    }
  }

  @Test
  void shouldRefuseBytesThatBelongToNoTensor() throws IOException {
    Path path =
        write(
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", new byte[8]);
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> SafetensorsFile.open(path, Arena.ofAuto()))
        .withMessageContaining("expected tensors of 8 bytes, found tensors of 4 bytes");
  }

  private static MemorySegment read(SafetensorsFile file, String name, int... shape) {
    return file.tensor(name).floats(Arena.ofAuto(), LoadObserver.refusing(), shape);
  }

  private static float[] floats(MemorySegment segment) {
    float[] copy = new float[VALUES.length];
    MemorySegment.copy(segment, Floats.LAYOUT, 0, copy, 0, copy.length);
    return copy;
  }

  private Path write(String header, byte[] body) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + body.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json).put(body);
    return Files.write(folder.resolve("model.safetensors"), file.array());
  }
}
