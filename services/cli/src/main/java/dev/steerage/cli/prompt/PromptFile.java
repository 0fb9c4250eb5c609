package dev.steerage.cli.prompt;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A file with one prompt per line, each as on the prompts topic.
public final class PromptFile {
  /// Most prompts in one file.
  public static final int MAX_PROMPTS = 100_000;

  private PromptFile() {}

  /// The prompts of a file, each with a request id.
  ///
  /// @throws CliException naming file, line and reason
  public static List<Prompt> read(Path file, RequestIds ids) {
    List<Prompt> prompts = new ArrayList<>();
    Set<String> requests = new HashSet<>();
    int number = 0;
    try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        Prompt prompt = withRequest(prompt(file, number, line), ids);
        if (!requests.add(prompt.request().orElseThrow())) {
          throw wrong(file, number, "request id occurs twice");
        }
        prompts.add(prompt);
        if (prompts.size() > MAX_PROMPTS) {
          throw wrong(file, number, "prompts, limit=" + MAX_PROMPTS);
        }
      }
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " cannot be read: " + e, e);
    }
    return prompts;
  }

  private static Prompt prompt(Path file, int number, String line) {
    return switch (Topics.PROMPTS.value().decode(line.getBytes(StandardCharsets.UTF_8))) {
      case Decoded.Ok<Prompt> ok -> ok.get();
      case Decoded.Bad<Prompt> bad -> throw wrong(file, number, bad.detail());
    };
  }

  private static Prompt withRequest(Prompt prompt, RequestIds ids) {
    if (prompt.request().isPresent()) {
      return prompt;
    }
    return prompt.withRequest(ids.next("cli"));
  }

  private static CliException wrong(Path file, int number, String why) {
    return new CliException(ExitCode.USAGE, "file=" + file + ", line=" + number + ": " + why);
  }
}
