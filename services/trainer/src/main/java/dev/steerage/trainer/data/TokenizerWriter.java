package dev.steerage.trainer.data;

import dev.steerage.transformer.tokenizer.BytePairTraining.Learned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes a learned vocabulary as a `tokenizer.json` that other libraries read as well.
final class TokenizerWriter {
  private TokenizerWriter() {}

  static void write(Learned learned, List<String> special, Path file) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (String token : special) {
      ObjectNode entry = added.addObject();
      entry.put("id", learned.vocabulary().get(token));
      entry.put("content", token);
      for (String off : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        entry.put(off, false);
      }
      entry.put("special", true);
    }
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"));
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE");
    for (String none :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      model.putNull(none);
    }
    for (String off : List.of("fuse_unk", "byte_fallback", "ignore_merges")) {
      model.put(off, false);
    }
    ObjectNode vocabulary = model.putObject("vocab");
    learned.vocabulary().forEach(vocabulary::put);
    ArrayNode merges = model.putArray("merges");
    for (List<String> pair : learned.merges()) {
      merges.addArray().add(pair.get(0)).add(pair.get(1));
    }
    Files.writeString(file, root.toPrettyString() + "\n");
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel");
    node.put("add_prefix_space", false);
    node.put("trim_offsets", true);
    node.put("use_regex", true);
  }
}
