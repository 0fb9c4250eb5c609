package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Weights;
import dev.steerage.transformer.tokenizer.Tokenizer;
import dev.steerage.transformer.tokenizer.TokenizerBuilder;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/// A model folder, read and checked.
///
/// @param weights alive as long as the arena it was read into
/// @param hash SHA-256 (hex) over the content of weights, configs and tokenizer
/// @param files what was hashed
/// @param notes what a user should know: assumptions, positions without a reference
public record Checkpoint(
    Weights weights, Tokenizer tokenizer, String hash, List<Path> files, List<String> notes) {

  /// Reads a model folder or a snapshot of a hub's cache.
  ///
  /// @param arena shared; holds the mapped files and everything packed from them
  /// @param type what the weights of affine maps are kept as
  /// @param team threads that check and pack
  public static Checkpoint read(
      Path given, Backend backend, WeightType type, Arena arena, Team team) {
    return read(
        ModelFolder.of(given), backend, type, arena, LoadObserver.refusing(), bytes -> {}, team);
  }

  /// @param hashed told how many bytes more were hashed, on another thread
  static Checkpoint read(
      ModelFolder folder,
      Backend backend,
      WeightType type,
      Arena arena,
      LoadObserver observer,
      LongConsumer hashed,
      Team team) {
    JsonFile codebookJson = JsonFile.read(folder.file(CodebookConfig.FILE));
    TensorFile file = TensorFile.in(folder, arena);
    TensorNames names = new TensorNames(file);
    BaseConfig base = BaseConfig.of(folder, codebookJson, names);
    Architecture architecture = Architecture.of(base.json());
    ModelConfig config = architecture.config(base.json());
    CodebookConfig codebooks =
        CodebookConfig.isIn(codebookJson)
            ? CodebookConfig.of(codebookJson, config.layers())
            : CodebookConfig.NONE;
    List<String> notes = new ArrayList<>(base.notes());
    notes.addAll(positions(codebookJson, base.given(), architecture, config, codebooks));
    List<Path> tokenizerFiles = TokenizerFile.in(folder);
    Tokenizer tokenizer = tokenizer(tokenizerFiles, config, notes);
    List<Path> files = new ArrayList<>(file.files());
    files.add(codebookJson.file());
    if (folder.has(BaseConfig.FILE)) {
      files.add(folder.file(BaseConfig.FILE));
    }
    files.addAll(tokenizerFiles);
    // Hashing and packing read the same bytes at the same time: from the disk once.
    CompletableFuture<String> hash =
        CompletableFuture.supplyAsync(() -> ContentHash.of(files, hashed), Checkpoint::start);
    WeightReader reader =
        new WeightReader(
            file, names, backend, type, arena, codebooks, config.heads(), observer, team);
    Weights weights = architecture.weights(base.json(), config, reader);
    reader.finish();
    return new Checkpoint(weights, tokenizer, join(hash), files, notes);
  }

  private static void start(Runnable task) {
    Thread.ofPlatform().name("checkpoint-hash").daemon().start(task);
  }

  private static String join(CompletableFuture<String> hash) {
    try {
      return hash.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof CheckpointException refused) {
        throw refused;
      }
      throw e;
    }
  }

  /// Refuses positions that the architecture does not have; says which have no reference.
  private static List<String> positions(
      JsonFile json,
      JsonFile base,
      Architecture architecture,
      ModelConfig config,
      CodebookConfig codebooks) {
    List<String> notes = new ArrayList<>();
    Set<Component> possible = architecture.components();
    for (CodebookPlacement placement : codebooks.placements()) {
      if (!possible.contains(placement.component())) {
        throw json.wrong(
            "codebook_at",
            "a position that %s has: %s"
                .formatted(
                    config.architecture(),
                    possible.stream().map(CodebookConfig::name).sorted().toList()));
      }
      if (architecture.withoutReference(base).contains(placement.component())) {
        notes.add(
            "codebooks at %s of %s are an extension without reference"
                .formatted(CodebookConfig.name(placement.component()), config.architecture()));
      }
    }
    return notes;
  }

  private static Tokenizer tokenizer(List<Path> files, ModelConfig config, List<String> notes) {
    if (files.isEmpty()) {
      notes.add("no tokenizer: prompts have to be token ids");
      return TokenizerBuilder.none(config.vocabulary(), config.bos());
    }
    Tokenizer tokenizer = TokenizerFile.read(files.getFirst(), config.bos());
    if (tokenizer.vocabularySize() > config.vocabulary()) {
      throw new CheckpointException(
          files.getFirst(),
          "",
          "at most " + config.vocabulary() + " token ids",
          String.valueOf(tokenizer.vocabularySize()));
    }
    return tokenizer;
  }
}
