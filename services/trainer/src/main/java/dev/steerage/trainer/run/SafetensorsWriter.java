package dev.steerage.trainer.run;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes a safetensors file, forced to the disk before it returns.
final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private record Tensor(String name, String type, long[] shape, MemorySegment bytes) {}

  private final List<Tensor> tensors = new ArrayList<>();

  /// A float32 tensor.
  void floats(String name, int[] shape, MemorySegment values) {
    long[] extents = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      extents[i] = shape[i];
    }
    tensors.add(new Tensor(name, "F32", extents, values));
  }

  /// A row of 64-bit integers.
  void longs(String name, MemorySegment values) {
    tensors.add(new Tensor(name, "I64", new long[] {values.byteSize() / Long.BYTES}, values));
  }

  void write(Path file) throws IOException {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.putObject("__metadata__").put("format", "pt");
    long at = 0;
    for (Tensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name);
      entry.put("dtype", tensor.type);
      ArrayNode shape = entry.putArray("shape");
      for (long extent : tensor.shape) {
        shape.add(extent);
      }
      entry.putArray("data_offsets").add(at).add(at + tensor.bytes.byteSize());
      at += tensor.bytes.byteSize();
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer head =
        ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
    head.put(json);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(channel, head.flip());
      for (Tensor tensor : tensors) {
        write(channel, tensor.bytes.asByteBuffer());
      }
      channel.force(true);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
