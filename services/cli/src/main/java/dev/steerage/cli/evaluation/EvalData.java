package dev.steerage.cli.evaluation;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.transformer.CodebookTransformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sequences of tokens out of files.
final class EvalData {
  private static final long MAX_BYTES = 1L << 30;

  private EvalData() {}

  /// A text: begin-of-text first, where the model has one, then cut into windows; a rest of one
  /// token says nothing and is left out.
  static List<int[]> text(CodebookTransformer model, Path file, int window) {
    int[] tokens = model.tokenizer().encodePrompt(read(file));
    List<int[]> sequences = new ArrayList<>();
    for (int from = 0; from + 1 < tokens.length; from += window) {
      sequences.add(Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + window)));
    }
    return sequences;
  }

  /// One sequence of ids per line, separated by spaces or commas, brackets allowed; longer ones are
  /// cut into windows.
  static List<int[]> tokens(Path file, int window) {
    List<int[]> sequences = new ArrayList<>();
    int number = 0;
    for (String line : read(file).lines().toList()) {
      number++;
      String bare = line.replaceAll("[\\[\\],\\s]+", " ").strip();
      if (bare.isEmpty()) {
        continue;
      }
      int[] ids;
      try {
        ids = Arrays.stream(bare.split(" ")).mapToInt(Integer::parseInt).toArray();
      } catch (NumberFormatException e) {
        throw new CliException(
            ExitCode.USAGE, "file=" + file + ", line=" + number + ": expected token ids", e);
      }
      for (int from = 0; from + 1 < ids.length; from += window) {
        sequences.add(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + window)));
      }
    }
    return sequences;
  }

  /// As many of the first sequences as hold this many tokens; at least one.
  static List<int[]> limited(List<int[]> sequences, long tokens) {
    List<int[]> limited = new ArrayList<>();
    long count = 0;
    for (int[] sequence : sequences) {
      if (sequence.length >= 2 && (limited.isEmpty() || count + sequence.length <= tokens)) {
        limited.add(sequence);
        count += sequence.length;
      }
    }
    return limited;
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new CliException(
            ExitCode.USAGE,
            "file=" + file + ": bytes=" + Files.size(file) + ", limit=" + MAX_BYTES);
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " cannot be read: " + e, e);
    }
  }
}
