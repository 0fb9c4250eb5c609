package dev.steerage.transformer.checkpoint;

import dev.steerage.transformer.tokenizer.Tokenizer;
import dev.steerage.transformer.tokenizer.TokenizerBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Reads `tokenizer.json` (byte-level byte-pair encoding) or `vocab.json` (one token per
/// character). What a file asks for beyond that is refused, never ignored: other ids would come
/// out.
public final class TokenizerFile {
  static final String BYTE_LEVEL = "tokenizer.json";
  static final String CHARACTERS = "vocab.json";

  private TokenizerFile() {}

  /// The tokenizer file of a model folder.
  static Path in(Path folder) {
    Path byteLevel = folder.resolve(BYTE_LEVEL);
    return Files.exists(byteLevel) ? byteLevel : folder.resolve(CHARACTERS);
  }

  /// Reads either kind of file.
  ///
  /// @param bos the token that the model's config says begins a text
  public static Tokenizer read(Path file, OptionalInt bos) {
    JsonFile json = JsonFile.read(file);
    return json.has("model") ? byteLevel(json, bos) : characters(json, bos);
  }

  private static Tokenizer characters(JsonFile json, OptionalInt bos) {
    return TokenizerBuilder.characters(vocabulary(json, json.root()), bos);
  }

  private static Tokenizer byteLevel(JsonFile json, OptionalInt bos) {
    JsonNode model = json.root().get("model");
    require(json, "model", model.path("type").asString("BPE").equals("BPE"), "type BPE");
    for (String off : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
      require(json, "model", model.path(off).asString("").isEmpty(), "no " + off);
    }
    JsonNode pre = json.root().path("pre_tokenizer");
    boolean plain =
        pre.path("type").asString("").equals("ByteLevel")
            && !pre.path("add_prefix_space").asBoolean(true)
            && pre.path("use_regex").asBoolean(true);
    require(json, "pre_tokenizer", plain, "ByteLevel with regex and without prefix space");
    JsonNode normalizer = json.root().path("normalizer");
    boolean composed = normalizer.path("type").asString("").equals("NFC");
    boolean none = normalizer.isNull() || normalizer.isMissingNode();
    require(json, "normalizer", none || composed, "null or NFC");

    TokenizerBuilder builder = new TokenizerBuilder(vocabulary(json, model.path("vocab")));
    for (JsonNode merge : model.path("merges")) {
      List<String> pair = pair(merge);
      require(json, "model.merges", pair.size() == 2, "pairs");
      if (!builder.merge(pair.get(0), pair.get(1))) {
        throw new CheckpointException(
            json.file(), "model.merges", "tokens of the vocabulary", pair.toString());
      }
    }
    for (JsonNode token : json.root().path("added_tokens")) {
      require(json, "added_tokens", !token.path("single_word").asBoolean(), "no single_word");
      builder.added(
          token.path("id").asInt(),
          token.path("content").asString(""),
          token.path("special").asBoolean(),
          token.path("normalized").asBoolean(),
          token.path("lstrip").asBoolean(),
          token.path("rstrip").asBoolean());
    }
    return builder.byteLevel(composed, bos);
  }

  /// A merge is written as `"a b"` or as `["a", "b"]`.
  private static List<String> pair(JsonNode merge) {
    if (merge.isString()) {
      return List.of(merge.stringValue().split(" ", -1));
    }
    List<String> pair = new ArrayList<>();
    merge.forEach(part -> pair.add(part.asString("")));
    return pair;
  }

  private static Map<String, Integer> vocabulary(JsonFile json, JsonNode node) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode id = entry.getValue();
      if (!id.isInt() || id.intValue() < 0 || id.intValue() > TokenizerBuilder.MAX_ID) {
        throw new CheckpointException(
            json.file(), entry.getKey(), "an id of 0.." + TokenizerBuilder.MAX_ID, id.toString());
      }
      ids.put(entry.getKey(), id.intValue());
    }
    if (ids.isEmpty()) {
      throw new CheckpointException(json.file(), "vocab", "tokens", "none");
    }
    return ids;
  }

  private static void require(JsonFile json, String field, boolean holds, String expected) {
    if (!holds) {
      throw json.wrong(field, expected);
    }
  }
}
