package dev.steerage.trainer.data;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `automaton.json`: digits of a state, and the successors of each.
public final class AutomatonFile {
  private static final int MAX_BYTES = 1 << 20;

  private AutomatonFile() {}

  /// @throws TrainerException naming the file and what is wrong with it
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
    } catch (IOException | BadJson | IllegalArgumentException e) {
      throw new TrainerException("automaton=" + file + ": " + e.getMessage(), e);
    }
  }
}
