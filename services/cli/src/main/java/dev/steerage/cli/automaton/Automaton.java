package dev.steerage.cli.automaton;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// States that are written as decimal digits, and which state may follow which; every successor of
/// a state is equally probable.
///
/// @param digits of one state, leading zeros included
/// @param successors by state, ascending
public record Automaton(int digits, List<List<Integer>> successors) {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DIGITS = 9;

  public Automaton {
    successors = successors.stream().map(List::copyOf).toList();
    if (digits < 1 || digits > MAX_DIGITS || successors.size() > Math.pow(10, digits)) {
      throw new IllegalArgumentException(
          "automaton: states=" + successors.size() + ", digits=" + digits);
    }
    for (List<Integer> next : successors) {
      for (int state : next) {
        if (state < 0 || state >= successors.size()) {
          throw new IllegalArgumentException(
              "automaton: successor=" + state + ", limit=" + (successors.size() - 1));
        }
      }
      if (next.isEmpty()) {
        throw new IllegalArgumentException("automaton: a state without successors");
      }
    }
  }

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

  /// The number of states.
  public int states() {
    return successors.size();
  }

  /// The states that may follow.
  public List<Integer> after(int state) {
    return successors.get(state);
  }

  /// Whether one state may follow another.
  public boolean allows(int from, int to) {
    return successors.get(from).contains(to);
  }

  /// A state as it is written.
  public String text(int state) {
    String number = Integer.toString(state);
    return "0".repeat(digits - number.length()) + number;
  }

  /// States as they are written, one after the other.
  public String text(List<Integer> states) {
    StringBuilder text = new StringBuilder();
    states.forEach(state -> text.append(text(state)));
    return text.toString();
  }

  /// Every beginning of a successor of this state, the empty one included: what may have been read
  /// when a next token is chosen.
  public Set<String> prefixesAfter(int state) {
    Set<String> prefixes = new TreeSet<>();
    for (int next : after(state)) {
      for (int length = 0; length < digits; length++) {
        prefixes.add(text(next).substring(0, length));
      }
    }
    return prefixes;
  }

  /// States in an order that the automaton allows, the first one given.
  public List<Integer> walk(int first, int length, RandomGenerator random) {
    List<Integer> states = new ArrayList<>();
    int state = first;
    for (int i = 0; i < length; i++) {
      states.add(state);
      state = after(state).get(random.nextInt(after(state).size()));
    }
    return states;
  }
}
