package dev.steerage.cli.automaton;

import dev.steerage.cli.activation.Firings;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Counts which codes fire at which step of an automaton, in running text.
public final class StepCodes {
  private final Automaton automaton;
  private final int lead;
  private final Map<Step, Map<Site, Map<Integer, Integer>>> counts = new HashMap<>();
  private final Map<Step, Integer> occurrences = new HashMap<>();
  private final Map<Code, Integer> firings = new HashMap<>();
  private final Map<Site, Integer> slots = new TreeMap<>();

  /// @param lead tokens before the first digit
  public StepCodes(Automaton automaton, int lead) {
    this.automaton = automaton;
    this.lead = lead;
  }

  /// Counts the positions of one request whose prompt spells these states.
  public void add(List<Integer> walk, Firings fired) {
    int digits = automaton.digits();
    for (int i = 0; i < fired.tokens().size(); i++) {
      if (fired.firstPosition() + i >= fired.promptLength()) {
        break;
      }
      fired.codesAt(i).forEach(code -> firings.merge(code, 1, Integer::sum));
      int read = fired.firstPosition() + i - lead + 1;
      int whole = read / digits;
      if (read < digits) {
        continue;
      }
      String text = whole < walk.size() ? automaton.text(walk.get(whole)) : "";
      int part = read % digits;
      if (part <= text.length()) {
        add(new Step(walk.get(whole - 1), text.substring(0, part)), fired, i);
      }
    }
  }

  private void add(Step step, Firings fired, int i) {
    occurrences.merge(step, 1, Integer::sum);
    for (int site = 0; site < fired.sites().size(); site++) {
      Site place = fired.sites().get(site);
      int[] codes = fired.codes().get(i)[site];
      slots.merge(place, codes.length, Math::max);
      for (int code : codes) {
        counts
            .computeIfAbsent(step, _ -> new HashMap<>())
            .computeIfAbsent(place, _ -> new HashMap<>())
            .merge(code, 1, Integer::sum);
      }
    }
  }

  /// Digits of one state.
  int digits() {
    return automaton.digits();
  }

  /// How often a step was seen.
  public int occurrences(Step step) {
    return occurrences.getOrDefault(step, 0);
  }

  /// The sites that were captured.
  public List<Site> sites() {
    return List.copyOf(slots.keySet());
  }

  /// For each of these sites the codes that fired most often at the step, as many as it has slots;
  /// among equals the lowest id. Empty where the step was never seen.
  public List<Code> codes(Step step, List<Site> sites) {
    Map<Site, Map<Integer, Integer>> seen = counts.getOrDefault(step, Map.of());
    List<Code> codes = new ArrayList<>();
    for (Site site : sites) {
      seen.getOrDefault(site, Map.of()).entrySet().stream()
          .sorted(
              Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                  .thenComparing(Map.Entry.comparingByKey()))
          .limit(slots.getOrDefault(site, 0))
          .forEach(entry -> codes.add(new Code(site, entry.getKey())));
    }
    return codes;
  }

  /// How well a code stands for a step.
  public Evidence evidence(Step step, Code code) {
    int here =
        counts
            .getOrDefault(step, Map.of())
            .getOrDefault(code.site(), Map.of())
            .getOrDefault(code.id(), 0);
    return new Evidence(code, here, occurrences(step), firings.getOrDefault(code, 0));
  }

  /// The code that says most surely that a step is there: the best balance of precision and recall
  /// (F1), among equals the first in the order of sites.
  public Optional<Evidence> best(Step step, List<Site> sites) {
    return codes(step, sites).stream()
        .map(code -> evidence(step, code))
        .max(
            Comparator.comparingDouble(Evidence::balance)
                .thenComparing(Evidence::code, Comparator.reverseOrder()));
  }

  /// Firings of a code at a step and elsewhere.
  ///
  /// @param here firings at the step
  /// @param occurrences of the step
  /// @param everywhere firings of the code
  public record Evidence(Code code, int here, int occurrences, int everywhere) {
    /// Share of the code's firings that were at the step.
    public double precision() {
      return everywhere == 0 ? 0 : (double) here / everywhere;
    }

    /// Share of the step's occurrences at which the code fired.
    public double recall() {
      return occurrences == 0 ? 0 : (double) here / occurrences;
    }

    /// The harmonic mean of both.
    public double balance() {
      double sum = precision() + recall();
      return sum == 0 ? 0 : 2 * precision() * recall() / sum;
    }
  }
}
