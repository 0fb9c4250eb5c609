package dev.steerage.local;

import dev.steerage.gateway.model.ModelTexts;
import dev.steerage.transformer.checkpoint.TokenizerFile;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// Token texts from the tokenizers in a folder of model folders.
final class FolderTexts implements ModelTexts {

  private static final List<String> FILES = List.of("tokenizer.json", "vocab.json");

  private final Path models;
  private final Map<String, Optional<Known>> known = new ConcurrentHashMap<>();

  FolderTexts(Path models) {
    this.models = models;
  }

  /// A tokenizer and the text of each of its tokens.
  private record Known(Tokenizer tokenizer, List<String> texts) {}

  @Override
  public Optional<List<String>> tokens(String model, int bosToken) {
    return known(model, bosToken).map(Known::texts);
  }

  @Override
  public Optional<List<Integer>> tokenize(String model, int bosToken, String text) {
    return known(model, bosToken)
        .map(found -> Arrays.stream(found.tokenizer().encode(text)).boxed().toList());
  }

  @Override
  public Optional<byte[]> automaton(String model) {
    return folder(model)
        .map(folder -> folder.resolve("automaton.json"))
        .filter(Files::isRegularFile)
        .map(
            file -> {
              try {
                return Files.readAllBytes(file);
              } catch (IOException e) {
                throw new UncheckedIOException("cannot read file=" + file, e);
              }
            });
  }

  /// Only a folder right below is looked into, whatever a model calls itself.
  private Optional<Path> folder(String model) {
    return model.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")
        ? Optional.of(models.resolve(model))
        : Optional.empty();
  }

  private Optional<Known> known(String model, int bosToken) {
    return known.computeIfAbsent(model, name -> read(name, bosToken));
  }

  private Optional<Known> read(String model, int bosToken) {
    OptionalInt bos = bosToken < 0 ? OptionalInt.empty() : OptionalInt.of(bosToken);
    return folder(model).stream()
        .flatMap(folder -> FILES.stream().map(folder::resolve))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(file -> TokenizerFile.read(file, bos))
        .map(
            tokenizer ->
                new Known(
                    tokenizer,
                    IntStream.range(0, tokenizer.vocabularySize())
                        .mapToObj(id -> new String(tokenizer.bytes(id), StandardCharsets.UTF_8))
                        .toList()));
  }
}
