package dev.steerage.domain.steering;

/// What must happen before a rule can act at all, so that the others need not be asked: the most
/// selective part of its conjunction, and the positions and phase outside of which it rests.
///
/// @param kind what `cause` is
/// @param cause the part that must hold; null for [Kind#NONE]
/// @param from first position at which it can act
/// @param to first position from which on it never acts again
record Trigger(Kind kind, Check cause, int from, int to, boolean inPrompt, boolean inGeneration) {
  /// What a rule waits for, the rarest first.
  enum Kind {
    SEQUENCE,
    TOKEN,
    TEXT,
    CODES,
    NONE
  }

  /// @param until what ends the rule; it must be asked at every position, so nothing is waited for
  static Trigger of(Check when, Check until) {
    Trigger trigger = new Trigger(Kind.NONE, null, 0, Integer.MAX_VALUE, true, true);
    if (until != null) {
      return trigger;
    }
    if (when instanceof Check.All(Check[] parts)) {
      for (Check part : parts) {
        trigger = trigger.and(part);
      }
      return trigger;
    }
    return trigger.and(when);
  }

  private Trigger and(Check part) {
    return switch (part) {
      case Check.InPhase(boolean generation) ->
          new Trigger(kind, cause, from, to, inPrompt && !generation, inGeneration && generation);
      case Check.Listed(int[] sorted) -> within(sorted[0], sorted[sorted.length - 1]);
      case Check.Range(int first, int end) -> within(first, end - 1);
      case Check.Every(int _, int offset) -> within(offset, Integer.MAX_VALUE);
      case Check.AfterSequence _ -> cause(Kind.SEQUENCE, part);
      case Check.AfterToken _ -> cause(Kind.TOKEN, part);
      case Check.AfterText _ -> cause(Kind.TEXT, part);
      case Check.Counted _ -> cause(Kind.CODES, part);
      case Check.Always _, Check.All _, Check.Any _, Check.Not _ -> this;
    };
  }

  private Trigger within(int first, int last) {
    int end = last == Integer.MAX_VALUE ? last : last + 1;
    return new Trigger(
        kind, cause, Math.max(from, first), Math.min(to, end), inPrompt, inGeneration);
  }

  private Trigger cause(Kind found, Check part) {
    return found.compareTo(kind) < 0
        ? new Trigger(found, part, from, to, inPrompt, inGeneration)
        : this;
  }
}
