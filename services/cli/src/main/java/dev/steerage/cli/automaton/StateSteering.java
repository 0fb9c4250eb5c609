package dev.steerage.cli.automaton;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes a model believe that it has just written another state.
///
/// One position is not enough: at the state's last digit the codes of the target are activated, and
/// at the next position those of the target with the digit that was read there, because that
/// position has seen the real state too.
///
/// @param codes by the digits of the next state that have been read; the empty text is the step at
///   the state's last digit
public record StateSteering(Map<String, List<Code>> codes) {
  public StateSteering {
    codes = Map.copyOf(codes);
  }

  /// No steering.
  public static final StateSteering NONE = new StateSteering(Map.of());

  /// The target's codes at these sites. Steps that were never seen are left alone.
  public static StateSteering towards(
      int target, Automaton automaton, StepCodes found, List<Site> sites) {
    Map<String, List<Code>> codes = new TreeMap<>();
    for (String read : automaton.prefixesAfter(target)) {
      List<Code> step = found.codes(new Step(target, read), sites);
      if (!step.isEmpty()) {
        codes.put(read, step);
      }
    }
    return new StateSteering(codes);
  }

  /// Only these codes, at the state's last digit.
  public static StateSteering lastDigitOnly(List<Code> codes) {
    return codes.isEmpty() ? NONE : new StateSteering(Map.of("", codes));
  }

  /// Rules that steer every step of a running request.
  ///
  /// @param id of the rules; each gets a suffix
  /// @param match which requests
  public List<Rule> standing(
      String id, String model, Match match, Automaton automaton, Alphabet alphabet, String author) {
    List<Rule> rules = new ArrayList<>();
    for (Map.Entry<String, List<Code>> step : new TreeMap<>(codes).entrySet()) {
      String read = step.getKey();
      int offset = alphabet.start().size() + automaton.digits() - 1 + read.length();
      List<Integer> after =
          read.isEmpty() ? List.of() : List.of(alphabet.id(read.charAt(read.length() - 1)));
      When when =
          new When(
              When.Phase.GENERATION,
              Optional.of(new When.Positions.Every(automaton.digits(), offset)),
              false,
              after,
              Optional.empty());
      rules.add(rule(read.isEmpty() ? id : id + "." + read, model, match, when, step, author));
    }
    return rules;
  }

  /// Rules for one prompt whose last whole state ends before position `end`, followed by `read`.
  public List<Rule> inline(String model, int end, String read) {
    List<Rule> rules = new ArrayList<>();
    for (int length = 0; length <= read.length(); length++) {
      String part = read.substring(0, length);
      if (codes.containsKey(part)) {
        When when =
            new When(
                When.Phase.ANY,
                Optional.of(new When.Positions.Listed(List.of(end - 1 + length))),
                false,
                List.of(),
                Optional.empty());
        rules.add(
            rule("step-" + length, model, Match.ALL, when, Map.entry(part, codes.get(part)), ""));
      }
    }
    return rules;
  }

  private static Rule rule(
      String id,
      String model,
      Match match,
      When when,
      Map.Entry<String, List<Code>> step,
      String author) {
    Action action =
        new Action.Activate(
            new CodeSelection.Codes(step.getValue()), new Action.Slots.LeastSimilar());
    return new Rule(
        id,
        model,
        0,
        match,
        when,
        List.of(action),
        Until.NEVER,
        author.isEmpty() ? "prompt" : author);
  }
}
