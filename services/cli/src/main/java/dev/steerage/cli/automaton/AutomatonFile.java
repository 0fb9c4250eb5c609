package dev.steerage.cli.automaton;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `automaton.json` of a model folder.
public final class AutomatonFile {
  private static final int MAX_BYTES = 1 << 20;

  private AutomatonFile() {}

  /// Reads `automaton.json` of a model folder.
  ///
  /// @throws CliException naming the file and what is wrong with it
  public static Automaton read(Path file) {
    try {
      JsonNode root = Json.parse(Files.readAllBytes(file), MAX_BYTES);
      List<List<Integer>> successors = new ArrayList<>();
      for (JsonNode state : root.path("successors")) {
        List<Integer> next = new ArrayList<>();
        state.forEach(successor -> next.add(successor.asInt(-1)));
        successors.add(next.stream().sorted().toList());
      }
      return new Automaton(root.path("digits").asInt(0), successors);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "file=" + file + " cannot be read; is this a model of an automaton?", e);
    } catch (BadJson | IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + ": " + e.getMessage(), e);
    }
  }
}
