package dev.steerage.transformer.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the JSON of a safetensors header token by token, so that memory is bounded by what the
/// header names, whatever else is written in it.
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";
  private static final int MAX_RANK = 8;

  private final Path path;
  private final long bodyBytes;

  /// @param bodyBytes bytes behind the header
  SafetensorsHeader(Path path, long bodyBytes) {
    this.path = path;
    this.bodyBytes = bodyBytes;
  }

  List<TensorEntry> read(byte[] header) {
    List<TensorEntry> entries = new ArrayList<>();
    try (JsonParser in = JsonFile.parser(header)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new CheckpointException(path, "", "a JSON object", String.valueOf(in.currentToken()));
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals(METADATA)) {
          in.skipChildren();
        } else {
          entries.add(entry(in, name));
        }
      }
      if (in.nextToken() != null) {
        throw new CheckpointException(path, "", "one JSON object", "more behind it");
      }
    } catch (JacksonException e) {
      throw new CheckpointException(path, "", "valid JSON", e.getOriginalMessage(), e);
    }
    return entries;
  }

  private TensorEntry entry(JsonParser in, String name) {
    TensorType type = null;
    long[] shape = null;
    long[] offsets = null;
    boolean isObject = in.currentToken() == JsonToken.START_OBJECT;
    while (isObject && in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "dtype" -> type = type(in, name);
        case "shape" -> shape = longs(in, name, field, MAX_RANK);
        case "data_offsets" -> offsets = longs(in, name, field, 2);
        default ->
            throw new CheckpointException(path, name, "dtype, shape and data_offsets", clip(field));
      }
    }
    if (type == null || shape == null || offsets == null) {
      throw new CheckpointException(
          path, name, "dtype, shape and data_offsets", isObject ? "one missing" : "no object");
    }
    return checked(name, type, shape, offsets);
  }

  private TensorEntry checked(String name, TensorType type, long[] shape, long[] offsets) {
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > bodyBytes) {
      throw new CheckpointException(
          path,
          name,
          "data_offsets [begin, end] within " + bodyBytes + " bytes (file cut short?)",
          Arrays.toString(offsets));
    }
    long bytes = type.bytes(path, name, shape);
    if (bytes != offsets[1] - offsets[0]) {
      throw new CheckpointException(
          path,
          name,
          bytes + " bytes for " + type + Arrays.toString(shape),
          (offsets[1] - offsets[0]) + " bytes");
    }
    return new TensorEntry(name, type, shape, offsets[0], offsets[1]);
  }

  private TensorType type(JsonParser in, String name) {
    String dtype = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : "";
    return TensorType.of(dtype)
        .orElseThrow(() -> new CheckpointException(path, name, "a known dtype", clip(dtype)));
  }

  private long[] longs(JsonParser in, String name, String field, int most) {
    long[] values = new long[most];
    int count = 0;
    boolean good = in.currentToken() == JsonToken.START_ARRAY;
    while (good && in.nextToken() != JsonToken.END_ARRAY) {
      good =
          count < most
              && in.currentToken() == JsonToken.VALUE_NUMBER_INT
              && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              && in.getLongValue() >= 0;
      if (good) {
        values[count++] = in.getLongValue();
      }
    }
    if (!good) {
      throw new CheckpointException(
          path, name, field + ": at most " + most + " integers >= 0", clip(in.getString()));
    }
    return Arrays.copyOf(values, count);
  }

  private static String clip(String text) {
    String shown = text == null ? "nothing" : text;
    return shown.length() <= 40 ? shown : shown.substring(0, 40) + "…";
  }
}
