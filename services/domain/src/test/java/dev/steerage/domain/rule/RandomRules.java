package dev.steerage.domain.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;

/// Rules of every kind, drawn from a seed.
public final class RandomRules {
  private static final List<String> PATTERNS = List.of("ab", "a+b", "(ab|ba)c", "[bc]a?c", "c{2}");
  private final Random random;

  public RandomRules(Random random) {
    this.random = random;
  }

  /// A rule; most of them are valid.
  public Rule rule(String id) {
    List<Condition> further = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      further.add(condition(3));
    }
    When when =
        new When(
            When.Phase.values()[random.nextInt(3)],
            maybe(this::positions),
            random.nextInt(6) == 0,
            random.nextInt(4) == 0 ? tokens() : List.of(),
            maybe(() -> new When.Fired(codes(), 1 + random.nextInt(6))),
            further);
    Until until =
        new Until(
            random.nextInt(4) == 0 ? OptionalInt.of(1 + random.nextInt(8)) : OptionalInt.empty(),
            random.nextInt(4) == 0 ? OptionalInt.of(1 + random.nextInt(8)) : OptionalInt.empty(),
            OptionalLong.empty(),
            random.nextInt(4) == 0 ? Optional.of(condition(2)) : Optional.empty());
    Action action = random.nextInt(8) == 0 ? new Action.Stop() : Rules.least(random.nextInt(10));
    int priority = random.nextInt(3);
    return new Rule(id, "m", priority, Match.ALL, when, List.of(action), until, "tester");
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextInt(4) == 0 ? Optional.of(value.get()) : Optional.empty();
  }

  private Condition condition(int depth) {
    return switch (random.nextInt(depth > 0 ? 10 : 7)) {
      case 0 -> new Condition.InPhase(When.Phase.values()[random.nextInt(3)]);
      case 1 -> new Condition.At(positions());
      case 2 -> new Condition.AfterToken(tokens());
      case 3 -> new Condition.AfterSequence(tokens());
      case 4 -> new Condition.AfterText(PATTERNS.get(random.nextInt(PATTERNS.size())));
      case 5 -> new Condition.Fired(codes(), 1 + random.nextInt(64));
      case 6 -> {
        int over = 1 + random.nextInt(64);
        yield new Condition.Count(codes(), over, 1 + random.nextInt(Math.min(over, 5)));
      }
      case 7 -> new Condition.All(List.of(condition(depth - 1), condition(depth - 1)));
      case 8 -> new Condition.Any(List.of(condition(depth - 1), condition(depth - 1)));
      default -> new Condition.Not(condition(depth - 1));
    };
  }

  private When.Positions positions() {
    return switch (random.nextInt(3)) {
      case 0 -> new When.Positions.Listed(List.of(random.nextInt(50), random.nextInt(50)));
      case 1 -> {
        int from = random.nextInt(40);
        yield new When.Positions.Range(from, from + 1 + random.nextInt(30));
      }
      default -> new When.Positions.Every(1 + random.nextInt(5), random.nextInt(20));
    };
  }

  private List<Integer> tokens() {
    return random.nextBoolean()
        ? List.of(random.nextInt(4))
        : List.of(random.nextInt(4), random.nextInt(4));
  }

  private CodeSelection codes() {
    return switch (random.nextInt(4)) {
      case 0 -> new CodeSelection.Concept("fire");
      case 1 -> Rules.codes("L0.mlp", random.nextInt(20), random.nextInt(20));
      default -> Rules.attn(random.nextInt(10));
    };
  }
}
