package dev.steerage.trainer.data;

import dev.steerage.ops.Team;
import dev.steerage.trainer.TrainerException;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.TokenizerFile;
import dev.steerage.transformer.tokenizer.BytePairTraining;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Turns text files into tokens, once: a run that is resumed finds them in its folder.
public final class CorpusMaker {
  private static final int DOCUMENTS_AT_ONCE = 64;

  private final Path folder;
  private final Team team;

  /// @param folder of the data of the run
  public CorpusMaker(Path folder, Team team) {
    this.folder = folder;
    this.team = team;
  }

  /// The tokenizer of the run: a copy of a given one, or learned from the training text.
  ///
  /// @param vocabulary size to learn
  public Path tokenizer(Optional<Path> given, List<Path> train, int vocabulary) {
    Path file = folder.resolve("tokenizer.json");
    if (Files.exists(file)) {
      return file;
    }
    Path partial = folder.resolve("tokenizer.partial");
    try {
      Files.createDirectories(folder);
      if (given.isPresent()) {
        Files.copy(given.get(), partial, StandardCopyOption.REPLACE_EXISTING);
      } else {
        BytePairTraining training = new BytePairTraining();
        Documents.read(train).forEach(training::add);
        List<String> special = List.of(Documents.SEPARATOR);
        TokenizerWriter.write(training.learn(vocabulary, special), special, partial);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      return file;
    } catch (IOException e) {
      throw new TrainerException("tokenizer=" + file + " cannot be written: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new TrainerException("tokenizer=" + file + ": " + e.getMessage(), e);
    }
  }

  /// Tokens of both texts; the begin token stands before every document.
  public TextCorpus corpus(
      Path tokenizerFile, int begin, List<Path> train, List<Path> valid, long seed) {
    try {
      Tokenizer tokenizer = TokenizerFile.read(tokenizerFile, OptionalInt.of(begin));
      int[] trained = tokens(tokenizer, begin, "train.tokens", train);
      int[] held = tokens(tokenizer, begin, "valid.tokens", valid);
      return new TextCorpus(trained, held, tokenizer.vocabularySize(), seed);
    } catch (CheckpointException e) {
      throw new TrainerException("tokenizer: " + e.getMessage(), e);
    }
  }

  private int[] tokens(Tokenizer tokenizer, int begin, String name, List<Path> files) {
    Path file = folder.resolve(name);
    try {
      if (!Files.exists(file)) {
        int[] tokens = encode(tokenizer, begin, Documents.read(files));
        byte[] bytes = MemorySegment.ofArray(tokens).toArray(ValueLayout.JAVA_BYTE);
        Path partial = folder.resolve(name + ".partial");
        Files.write(partial, bytes);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        return tokens;
      }
      return MemorySegment.ofArray(Files.readAllBytes(file))
          .toArray(ValueLayout.JAVA_INT_UNALIGNED);
    } catch (IOException e) {
      throw new TrainerException("data: file=" + file + " cannot be written: " + e, e);
    }
  }

  private int[] encode(Tokenizer tokenizer, int begin, List<String> documents) {
    int blocks = (documents.size() + DOCUMENTS_AT_ONCE - 1) / DOCUMENTS_AT_ONCE;
    int[][] parts = new int[blocks][];
    team.each(
        blocks,
        (block, worker) -> {
          int first = block * DOCUMENTS_AT_ONCE;
          int end = Math.min(documents.size(), first + DOCUMENTS_AT_ONCE);
          parts[block] = encode(tokenizer, begin, documents, first, end);
        });
    int[] all = new int[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (int[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static int[] encode(
      Tokenizer tokenizer, int begin, List<String> documents, int first, int end) {
    int[] tokens = new int[1024];
    int count = 0;
    for (String document : documents.subList(first, end)) {
      int[] ids = tokenizer.encode(document);
      if (count + ids.length + 1 > tokens.length) {
        tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, count + ids.length + 1));
      }
      tokens[count++] = begin;
      System.arraycopy(ids, 0, tokens, count, ids.length);
      count += ids.length;
    }
    return Arrays.copyOf(tokens, count);
  }
}
