package dev.steerage.transformer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A JSON object in a file, read field by field; whatever is wrong is said with file and field.
final class JsonFile {
  /// A config is a few hundred bytes, a tokenizer a few million; the limits only keep a wrong file
  /// from filling memory, the second one because a tree takes many times the bytes of its text.
  private static final long MAX_BYTES = 64L << 20;

  private static final long MAX_TOKENS = 4_000_000;

  private static final int MAX_DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxTokenCount(MAX_TOKENS)
                          .maxNestingDepth(MAX_DEPTH)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final JsonNode root;

  private JsonFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static JsonFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "", "a JSON file", "no such file");
    }
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new CheckpointException(
            file, "", "at most " + MAX_BYTES + " bytes of JSON", size + " bytes");
      }
      return new JsonFile(file, parse(file, Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new CheckpointException(file, "", "a readable file", e.toString(), e);
    }
  }

  /// Refuses anything but one object without repeated keys.
  static JsonNode parse(Path file, byte[] json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (!node.isObject()) {
        throw new CheckpointException(file, "", "a JSON object", node.getNodeType().toString());
      }
      return node;
    } catch (JacksonException e) {
      throw new CheckpointException(file, "", "valid JSON", e.getOriginalMessage(), e);
    }
  }

  /// Tokens of a JSON text, under the same limits.
  static JsonParser parser(byte[] json) {
    return MAPPER.createParser(json);
  }

  /// An object that is in no file yet, for a file that could stand there.
  static JsonFile empty(Path file) {
    return new JsonFile(file, MAPPER.createObjectNode());
  }

  /// The same object with a field more.
  JsonFile with(String field, long value) {
    ObjectNode copy = ((ObjectNode) root).objectNode();
    copy.setAll((ObjectNode) root);
    if (value == (int) value) {
      copy.put(field, (int) value);
    } else {
      copy.put(field, value);
    }
    return new JsonFile(file, copy);
  }

  JsonFile with(String field, String value) {
    ObjectNode copy = ((ObjectNode) root).objectNode();
    copy.setAll((ObjectNode) root);
    copy.put(field, value);
    return new JsonFile(file, copy);
  }

  Path file() {
    return file;
  }

  JsonNode root() {
    return root;
  }

  boolean has(String field) {
    JsonNode value = root.get(field);
    return value != null && !value.isNull();
  }

  int positive(String field) {
    JsonNode value = required(field);
    if (!value.isInt() || value.intValue() < 1) {
      throw wrong(field, "an integer >= 1");
    }
    return value.intValue();
  }

  int positive(String field, int otherwise) {
    return has(field) ? positive(field) : otherwise;
  }

  double number(String field, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonNode value = root.get(field);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrong(field, "a number");
    }
    return value.doubleValue();
  }

  boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (!root.get(field).isBoolean()) {
      throw wrong(field, "true or false");
    }
    return root.get(field).booleanValue();
  }

  String string(String field) {
    if (!required(field).isString()) {
      throw wrong(field, "a string");
    }
    return root.get(field).stringValue();
  }

  String string(String field, String otherwise) {
    return has(field) ? string(field) : otherwise;
  }

  OptionalInt tokenId(String field, int vocabulary) {
    if (!has(field)) {
      return OptionalInt.empty();
    }
    JsonNode value = root.get(field);
    if (!value.isInt() || value.intValue() < 0 || value.intValue() >= vocabulary) {
      throw wrong(field, "a token id below " + vocabulary);
    }
    return OptionalInt.of(value.intValue());
  }

  /// The values of a field that may be a scalar or a list.
  List<JsonNode> list(String field) {
    JsonNode value = required(field);
    List<JsonNode> values = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(values::add);
    } else {
      values.add(value);
    }
    return values;
  }

  CheckpointException wrong(String field, String expected) {
    JsonNode value = root.get(field);
    String found = value == null ? "nothing" : value.toString();
    return new CheckpointException(
        file, field, expected, found.length() <= 80 ? found : found.substring(0, 80) + "…");
  }

  private JsonNode required(String field) {
    if (!has(field)) {
      throw wrong(field, "a value");
    }
    return root.get(field);
  }
}
