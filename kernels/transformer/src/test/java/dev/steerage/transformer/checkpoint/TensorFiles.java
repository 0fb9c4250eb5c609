package dev.steerage.transformer.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes tensors as the usual programs do.
public final class TensorFiles {
  private TensorFiles() {}

  /// One tensor, float32.
  public record Values(int[] shape, float[] values) {
    public static Values of(float[] values, int... shape) {
      return new Values(shape, values);
    }
  }

  /// The tensors of a file.
  public static Map<String, Values> read(Path file) {
    GoldenTensors tensors = new GoldenTensors(file);
    Map<String, Values> all = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (!name.contains("rotary_emb")) {
        all.put(name, new Values(tensors.shape(name), tensors.floats(name)));
      }
    }
    return all;
  }

  public static void safetensors(Path file, Map<String, Values> tensors) {
    safetensors(file, tensors, "F32");
  }

  public static void safetensors(Path file, Map<String, Values> tensors, String dtype) {
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    tensors.forEach(
        (name, tensor) -> {
          int at = body.size();
          body.writeBytes(bytes(tensor, dtype));
          header.add(
              "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(name, dtype, Arrays.toString(tensor.shape()), at, body.size()));
        });
    byte[] json = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole =
        ByteBuffer.allocate(8 + json.length + body.size()).order(ByteOrder.LITTLE_ENDIAN);
    write(file, whole.putLong(json.length).put(json).put(body.toByteArray()).array());
  }

  /// As torch.save writes a state dictionary: an ordered dictionary with attributes.
  public static void torch(Path file, Map<String, Values> tensors, String dtype) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    Pickler pickle = new Pickler().header();
    int key = 0;
    for (Map.Entry<String, Values> tensor : tensors.entrySet()) {
      byte[] data = bytes(tensor.getValue(), dtype);
      entries.put("archive/data/" + key, data);
      pickle.tensor(tensor.getKey(), storage(dtype), key++, tensor.getValue().shape());
    }
    Map<String, byte[]> ordered = new LinkedHashMap<>();
    ordered.put("archive/data.pkl", pickle.end());
    ordered.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    ordered.putAll(entries);
    ordered.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    write(file, zip(ordered, false));
  }

  private static String storage(String dtype) {
    return switch (dtype) {
      case "F16" -> "HalfStorage";
      case "BF16" -> "BFloat16Storage";
      default -> "FloatStorage";
    };
  }

  private static byte[] bytes(Values tensor, String dtype) {
    int size = dtype.equals("F32") ? 4 : 2;
    ByteBuffer bytes =
        ByteBuffer.allocate(size * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : tensor.values()) {
      switch (dtype) {
        case "F32" -> bytes.putFloat(value);
        case "F16" -> bytes.putShort(Float.floatToFloat16(value));
        default -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return bytes.array();
  }

  static byte[] zip(Map<String, byte[]> entries, boolean compressed) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry head = new ZipEntry(entry.getKey());
        if (!compressed) {
          CRC32 sum = new CRC32();
          sum.update(entry.getValue());
          head.setMethod(ZipEntry.STORED);
          head.setSize(entry.getValue().length);
          head.setCompressedSize(entry.getValue().length);
          head.setCrc(sum.getValue());
        }
        zip.putNextEntry(head);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes the opcodes of a state dictionary.
  static final class Pickler {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickler header() {
      return raw("\u0080\u0002").raw("ccollections\nOrderedDict\n").raw(")R").raw("(");
    }

    Pickler raw(String latin) {
      out.writeBytes(latin.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    Pickler text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.write('X');
      fourBytes(utf8.length);
      out.writeBytes(utf8);
      return this;
    }

    Pickler whole(int value) {
      out.write('J');
      fourBytes(value);
      return this;
    }

    Pickler tensor(String name, String storage, long key, int... shape) {
      int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      text(name).raw("ctorch._utils\n_rebuild_tensor_v2\n((");
      text("storage").raw("ctorch\n" + storage + "\n").text("" + key).text("cpu").whole(elements);
      raw("tQ").whole(0).raw("(");
      Arrays.stream(shape).forEach(this::whole);
      raw("t(");
      for (long stride : StoredTensor.denseStrides(Arrays.stream(shape).asLongStream().toArray())) {
        whole((int) stride);
      }
      return raw("t\u0089ccollections\nOrderedDict\n)RtR");
    }

    byte[] end() {
      raw("u}").text("_metadata").raw("}").raw("sb.");
      return out.toByteArray();
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void fourBytes(int value) {
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }
  }
}
