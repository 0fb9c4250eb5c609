package dev.steerage.transformer.checkpoint;

import dev.steerage.transformer.tokenizer.Tokenizer;
import dev.steerage.transformer.tokenizer.TokenizerBuilder;
import java.io.IOException;
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
  static final String MERGES = "merges.txt";

  private static final String END_OF_TEXT = "<|endoftext|>";
  private static final long MAX_MERGES_BYTES = 64L << 20;

  private TokenizerFile() {}

  /// The files of a model's tokenizer, the main one first; empty where it has none.
  static List<Path> in(ModelFolder folder) {
    if (folder.has(BYTE_LEVEL)) {
      return List.of(folder.file(BYTE_LEVEL));
    }
    if (!folder.has(CHARACTERS)) {
      return List.of();
    }
    return folder.has(MERGES)
        ? List.of(folder.file(CHARACTERS), folder.file(MERGES))
        : List.of(folder.file(CHARACTERS));
  }

  /// Reads either kind of file; a `vocab.json` with a `merges.txt` beside it is byte-level
  /// byte-pair encoding as GPT-2 was published.
  ///
  /// @param bos the token that the model's config says begins a text
  public static Tokenizer read(Path file, OptionalInt bos) {
    JsonFile json = JsonFile.read(file);
    if (json.has("model")) {
      return byteLevel(json, bos);
    }
    Path merges = file.resolveSibling(MERGES);
    return Files.exists(merges) ? merged(json, merges, bos) : characters(json, bos);
  }

  private static Tokenizer merged(JsonFile json, Path merges, OptionalInt bos) {
    Map<String, Integer> vocabulary = vocabulary(json, json.root());
    TokenizerBuilder builder = new TokenizerBuilder(vocabulary);
    try {
      if (Files.size(merges) > MAX_MERGES_BYTES) {
        throw new CheckpointException(
            merges, "", "at most " + MAX_MERGES_BYTES + " bytes", Files.size(merges) + " bytes");
      }
      for (String line : Files.readAllLines(merges)) {
        List<String> pair = List.of(line.split(" ", -1));
        if (line.isEmpty() || line.startsWith("#version")) {
          continue;
        }
        if (pair.size() != 2 || !builder.merge(pair.get(0), pair.get(1))) {
          throw new CheckpointException(merges, "", "pairs of the vocabulary", clip(line));
        }
      }
    } catch (IOException e) {
      throw new CheckpointException(merges, "", "readable UTF-8", e.toString(), e);
    }
    Integer end = vocabulary.get(END_OF_TEXT);
    if (end != null) {
      builder.added(end, END_OF_TEXT, true, false, false, false);
    }
    return builder.byteLevel(false, bos);
  }

  private static String clip(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
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
