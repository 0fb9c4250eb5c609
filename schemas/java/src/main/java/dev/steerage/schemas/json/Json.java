package dev.steerage.schemas.json;

import dev.steerage.schemas.message.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The one JSON configuration: strict UTF-8, no duplicate keys, no NaN or Infinity, nothing after
/// the value, and a limit on depth, strings, numbers and total size.
public final class Json {
  /// Longest string, in characters.
  public static final int MAX_STRING = 1 << 20;

  /// Deepest nesting.
  public static final int MAX_DEPTH = 32;

  /// Longest number, in digits.
  public static final int MAX_NUMBER = 40;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER)
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(256)
                  .build())
          .build();
  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /// The tree of one JSON object of at most `maxBytes`.
  ///
  /// @throws BadJson if it is none, or breaks a limit
  public static JsonNode parse(byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw new BadJson(
          Refusal.OVER_LIMIT, "record: bytes=" + bytes.length + ", limit=" + maxBytes);
    }
    JsonNode tree;
    try {
      tree = MAPPER.readTree(text(bytes));
    } catch (StreamConstraintsException e) {
      throw new BadJson(Refusal.OVER_LIMIT, "JSON: " + e.getOriginalMessage());
    } catch (JacksonException e) {
      // The parser's own sentence may quote the record: it names the place only.
      throw new BadJson(Refusal.MALFORMED, "no valid JSON at " + place(e));
    }
    if (tree == null || !tree.isObject()) {
      throw new BadJson(Refusal.MALFORMED, "expected a JSON object");
    }
    checkValues(tree);
    return tree;
  }

  /// The UTF-8 bytes of what `writer` writes.
  public static byte[] write(Consumer<JsonOut> writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator generator = MAPPER.createGenerator(bytes)) {
      JsonOut out = new JsonOut(generator);
      generator.writeStartObject();
      writer.accept(out);
      generator.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadJson(Refusal.MALFORMED, "no valid UTF-8");
    }
  }

  private static String place(JacksonException e) {
    var location = e.getLocation();
    return location == null
        ? "an unknown place"
        : "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  /// Refuses what the grammar allows and no later step could carry: 1e999 and half surrogate pairs.
  private static void checkValues(JsonNode node) {
    if (node.isObject()) {
      for (var entry : node.properties()) {
        checkText(entry.getKey());
        checkValues(entry.getValue());
      }
    } else if (node.isArray()) {
      for (JsonNode element : node) {
        checkValues(element);
      }
    } else if (node.isString()) {
      checkText(node.stringValue());
    } else if (node.isNumber() && !Double.isFinite(node.doubleValue(Double.NaN))) {
      throw new BadJson(Refusal.BAD_NUMBER, "a number outside the range of a double");
    }
  }

  private static void checkText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new BadJson(Refusal.MALFORMED, "a string with half a surrogate pair");
      }
    }
  }
}
