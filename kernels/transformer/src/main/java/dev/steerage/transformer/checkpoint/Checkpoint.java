package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.Backend;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Weights;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/// A model folder, read and checked.
///
/// @param weights alive as long as the arena it was read into
/// @param hash SHA-256 (hex) over the content of weights, configs and tokenizer
public record Checkpoint(Weights weights, Tokenizer tokenizer, String hash) {
  private static final String WEIGHTS = "model.safetensors";
  private static final String BASE_CONFIG = "base_config.json";
  private static final int HASHED_AT_ONCE = 1 << 20;

  /// @param arena holds the mapped file and everything packed from it
  public static Checkpoint read(Path folder, Backend backend, Arena arena) {
    JsonFile codebookJson = JsonFile.read(folder.resolve(CodebookConfig.FILE));
    JsonFile base = JsonFile.read(folder.resolve(BASE_CONFIG));
    Architecture architecture = Architecture.of(base);
    ModelConfig config = architecture.config(base);
    CodebookConfig codebooks = CodebookConfig.of(codebookJson, config.layers());
    for (CodebookPlacement placement : codebooks.placements()) {
      Set<Component> possible = architecture.components();
      if (!possible.contains(placement.component())) {
        throw codebookJson.wrong(
            "codebook_at", "a position that " + config.architecture() + " has: " + possible);
      }
    }
    Path tokenizerFile = TokenizerFile.in(folder);
    Tokenizer tokenizer = TokenizerFile.read(tokenizerFile, config.bos());
    if (tokenizer.vocabularySize() > config.vocabulary()) {
      throw new CheckpointException(
          tokenizerFile,
          "",
          "at most " + config.vocabulary() + " token ids",
          String.valueOf(tokenizer.vocabularySize()));
    }
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS), arena);
    WeightReader reader = new WeightReader(file, backend, arena, codebooks, config.heads());
    Weights weights = architecture.weights(base, config, reader);
    reader.finish();
    String hash = hash(file, codebookJson.file(), base.file(), tokenizerFile);
    return new Checkpoint(weights, tokenizer, hash);
  }

  /// Each part is hashed with its length, so that no byte can move from one part to the next.
  private static String hash(SafetensorsFile weights, Path... others) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      MemorySegment whole = weights.whole();
      digest.update(length(whole.byteSize()));
      // Large arrays go through the processor's own instructions even before anything is compiled.
      byte[] part = new byte[HASHED_AT_ONCE];
      for (long at = 0; at < whole.byteSize(); at += part.length) {
        int count = (int) Math.min(part.length, whole.byteSize() - at);
        MemorySegment.copy(whole, ValueLayout.JAVA_BYTE, at, part, 0, count);
        digest.update(part, 0, count);
      }
      for (Path other : others) {
        byte[] bytes = Files.readAllBytes(other);
        digest.update(length(bytes.length));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new CheckpointException(weights.path(), "", "readable files", e.toString(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] length(long bytes) {
    return ByteBuffer.allocate(Long.BYTES).putLong(bytes).array();
  }
}
