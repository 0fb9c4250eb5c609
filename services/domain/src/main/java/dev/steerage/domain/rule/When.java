package dev.steerage.domain.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// At which positions of a matching request a rule acts; everything that is given must hold.
///
/// @param phase prompt, generation or both; the last prompt position belongs to `GENERATION`
/// @param positions absolute positions, the first prompt token is 0
/// @param once at the first position that qualifies only, per request
/// @param after token ids: the token *at* this position (the one being read) is one of them; empty:
///   any
/// @param fired codes that fired (naturally) at one of the `within` positions before this one
/// @param further conditions that must hold besides
public record When(
    Phase phase,
    Optional<Positions> positions,
    boolean once,
    List<Integer> after,
    Optional<Fired> fired,
    List<Condition> further) {
  /// Every position.
  public static final When ALWAYS =
      new When(Phase.ANY, Optional.empty(), false, List.of(), Optional.empty());

  public When {
    after = List.copyOf(after);
    further = List.copyOf(further);
  }

  /// Without further conditions.
  public When(
      Phase phase,
      Optional<Positions> positions,
      boolean once,
      List<Integer> after,
      Optional<Fired> fired) {
    this(phase, positions, once, after, fired, List.of());
  }

  /// Everything that must hold, but for `once`.
  public Condition.All condition() {
    List<Condition> parts = new ArrayList<>();
    if (phase != Phase.ANY) {
      parts.add(new Condition.InPhase(phase));
    }
    positions.ifPresent(said -> parts.add(new Condition.At(said)));
    if (!after.isEmpty()) {
      parts.add(new Condition.AfterToken(after));
    }
    fired.ifPresent(said -> parts.add(new Condition.Fired(said.codes(), said.within())));
    parts.addAll(further);
    return new Condition.All(parts);
  }

  /// A part of a request.
  public enum Phase {
    ANY,
    PROMPT,
    GENERATION
  }

  /// A set of absolute positions.
  public sealed interface Positions {
    /// Whether `position` belongs to the set.
    boolean contains(int position);

    /// These positions.
    record Listed(List<Integer> positions) implements Positions {
      public Listed {
        positions = positions.stream().distinct().sorted().toList();
      }

      @Override
      public boolean contains(int position) {
        return java.util.Collections.binarySearch(positions, position) >= 0;
      }
    }

    /// Half-open: `from <= position < to`.
    record Range(int from, int to) implements Positions {
      @Override
      public boolean contains(int position) {
        return position >= from && position < to;
      }
    }

    /// `position = offset + n * every`, n >= 0.
    record Every(int every, int offset) implements Positions {
      public Every {
        if (every < 1 || offset < 0) {
          throw new IllegalArgumentException("every=" + every + ", offset=" + offset);
        }
      }

      @Override
      public boolean contains(int position) {
        return position >= offset && (position - offset) % every == 0;
      }
    }
  }

  /// Any of `codes` was natural at one of the `within` positions before the current one.
  public record Fired(CodeSelection codes, int within) {
    public Fired {
      if (within < 1) {
        throw new IllegalArgumentException("within=" + within + ", expected >= 1");
      }
    }
  }
}
