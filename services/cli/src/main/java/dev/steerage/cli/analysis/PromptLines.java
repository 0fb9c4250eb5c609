package dev.steerage.cli.analysis;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.transformer.CodebookTransformer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file with one prompt per line.
final class PromptLines {
  private static final int MOST = 100_000;

  private PromptLines() {}

  /// The prompts of a file in the tokens of a model; empty lines are left out, `\n` is a line end.
  ///
  /// @throws CliException naming file and line of what cannot be read or is too long
  static List<int[]> read(Path file, CodebookTransformer model) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " is no UTF-8", e);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " cannot be read: " + e, e);
    }
    if (lines.size() > MOST) {
      throw new CliException(
          ExitCode.USAGE, "file=" + file + ": lines=" + lines.size() + ", limit=" + MOST);
    }
    List<int[]> prompts = new ArrayList<>();
    int limit = model.config().maxPositions();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        int[] tokens = model.tokenizer().encodePrompt(lines.get(i).replace("\\n", "\n"));
        if (tokens.length > limit) {
          throw new CliException(
              ExitCode.USAGE,
              "file=%s, line=%d: tokens=%d, limit=%d".formatted(file, i + 1, tokens.length, limit));
        }
        prompts.add(tokens);
      }
    }
    if (prompts.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " has no prompt");
    }
    return prompts;
  }
}
