package dev.steerage.domain.rule;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whether conditions can hold at all. What it refuses can never hold; what it does not refuse may
/// still never happen: it looks at phases, positions and tokens, one condition after the other.
final class Reach {
  private final boolean prompt;
  private final boolean generation;
  private final int from;
  private final long to;
  private final Set<Integer> tokens;

  private Reach(boolean prompt, boolean generation, int from, long to, Set<Integer> tokens) {
    this.prompt = prompt;
    this.generation = generation;
    this.from = from;
    this.to = to;
    this.tokens = tokens;
  }

  /// Why a rule can never act; empty where that is not sure.
  ///
  /// @param positions of the longest request
  static Optional<String> obstacle(Rule rule, int positions) {
    Reach everything = new Reach(true, true, 0, positions, null);
    Condition.All when = rule.when().condition();
    if (rule.until().condition().filter(end -> isPartOf(end, when)).isPresent()) {
      return Optional.of("until.when already holds where the rule would act first");
    }
    return everything.and(when) == null
        ? Optional.of("no position of " + positions + " can meet its conditions")
        : Optional.empty();
  }

  private static boolean isPartOf(Condition condition, Condition.All all) {
    return condition.equals(all) || all.parts().contains(condition);
  }

  /// What is left of it where the condition holds; null: nothing.
  private Reach and(Condition condition) {
    return switch (condition) {
      case Condition.InPhase(When.Phase phase) -> inPhase(phase);
      case Condition.At(When.Positions positions) -> at(positions);
      case Condition.AfterToken(List<Integer> read) -> reading(read);
      case Condition.AfterSequence(List<Integer> read) -> {
        Reach reach = reading(List.of(read.getLast()));
        yield reach == null ? null : reach.within(read.size() - 1, to);
      }
      case Condition.AfterText _ -> this;
      case Condition.Fired _ -> within(1, to);
      case Condition.Count(CodeSelection _, int _, int atLeast) -> within(atLeast, to);
      case Condition.All(List<Condition> parts) -> andAll(parts);
      case Condition.Any(List<Condition> parts) ->
          parts.stream().anyMatch(part -> and(part) != null) ? this : null;
      case Condition.Not(Condition part) -> andNot(part);
    };
  }

  private Reach andAll(List<Condition> parts) {
    Reach reach = this;
    for (Condition part : parts) {
      if (part instanceof Condition.Not(Condition other) && parts.contains(other)) {
        return null;
      }
      reach = reach.and(part);
      if (reach == null) {
        return null;
      }
    }
    return reach;
  }

  private Reach andNot(Condition part) {
    return switch (part) {
      case Condition.InPhase(When.Phase phase) ->
          switch (phase) {
            case ANY -> null;
            case PROMPT -> inPhase(When.Phase.GENERATION);
            case GENERATION -> inPhase(When.Phase.PROMPT);
          };
      case Condition.At(When.Positions.Range(int first, int end)) ->
          first == 0 ? within(end, to) : end >= to ? within(0, first) : this;
      case Condition.At(When.Positions.Every(int every, int offset)) ->
          every == 1 ? within(0, offset) : this;
      case Condition.All(List<Condition> parts) -> parts.isEmpty() ? null : this;
      case Condition.Not(Condition twice) -> and(twice);
      default -> this;
    };
  }

  private Reach inPhase(When.Phase phase) {
    boolean inPrompt = prompt && phase != When.Phase.GENERATION;
    boolean inGeneration = generation && phase != When.Phase.PROMPT;
    return inPrompt || inGeneration ? new Reach(inPrompt, inGeneration, from, to, tokens) : null;
  }

  private Reach within(int first, long end) {
    int begin = Math.max(from, first);
    long last = Math.min(to, end);
    return begin < last ? new Reach(prompt, generation, begin, last, tokens) : null;
  }

  private Reach at(When.Positions positions) {
    return switch (positions) {
      case When.Positions.Listed(List<Integer> listed) -> {
        List<Integer> left = listed.stream().filter(p -> p >= from && p < to).toList();
        yield left.isEmpty() ? null : within(left.getFirst(), left.getLast() + 1L);
      }
      case When.Positions.Range(int first, int end) -> within(first, end);
      case When.Positions.Every(int every, int offset) -> {
        long steps = Math.max(0, (from - (long) offset + every - 1) / every);
        long first = offset + steps * every;
        yield first < to ? within((int) first, to) : null;
      }
    };
  }

  private Reach reading(List<Integer> read) {
    Set<Integer> both = new HashSet<>(read);
    if (tokens != null) {
      both.retainAll(tokens);
    }
    return both.isEmpty() ? null : new Reach(prompt, generation, from, to, both);
  }
}
