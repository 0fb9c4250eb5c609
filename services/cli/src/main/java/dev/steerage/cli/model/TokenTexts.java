package dev.steerage.cli.model;

import dev.steerage.transformer.checkpoint.TokenizerFile;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The text of token ids; an id in angle brackets where the model's tokenizer is not at hand.
public final class TokenTexts {
  private static final List<String> FILES = List.of("tokenizer.json", "vocab.json");

  private final Optional<Tokenizer> tokenizer;

  private TokenTexts(Optional<Tokenizer> tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// The texts of a model in a folder of model folders.
  ///
  /// @param bos the token that begins every text, from the model's card
  public static TokenTexts of(Path models, String model, OptionalInt bos) {
    // Model names come from people; only the shipped folder is looked into.
    if (!model.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      return new TokenTexts(Optional.empty());
    }
    return new TokenTexts(
        FILES.stream()
            .map(models.resolve(model)::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .map(file -> TokenizerFile.read(file, bos)));
  }

  /// The text of one token.
  public String text(int id) {
    return tokenizer
        .filter(known -> id >= 0 && id < known.vocabularySize())
        .map(known -> new String(known.bytes(id), StandardCharsets.UTF_8))
        .orElse("<" + id + ">");
  }
}
