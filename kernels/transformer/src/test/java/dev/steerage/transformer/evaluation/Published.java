package dev.steerage.transformer.evaluation;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.transformer.TestModels;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The published automaton, from the table that ships with the model.
final class Published {
  private Published() {}

  static Automaton automaton() {
    JsonNode table = TestModels.json(TestModels.shipped("tokfsm").resolve("automaton.json"));
    List<List<Integer>> successors = new ArrayList<>();
    for (JsonNode state : table.get("successors")) {
      List<Integer> next = new ArrayList<>();
      state.forEach(successor -> next.add(successor.intValue()));
      successors.add(next);
    }
    return new Automaton(table.get("digits").intValue(), successors);
  }
}
