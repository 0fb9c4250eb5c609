package dev.steerage.domain.rule;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// When a rule stops acting on a request; the first that is reached ends it there for good.
///
/// @param tokens after it has acted while this many tokens were chosen
/// @param uses after it has acted at this many positions, those of the prompt included
/// @param timeMs from this time on, epoch milliseconds. Which token that was is recorded, so that a
///   replay decides alike
/// @param condition from the first position on at which this holds
public record Until(
    OptionalInt tokens, OptionalInt uses, OptionalLong timeMs, Optional<Condition> condition) {
  /// Acts to the end of the request.
  public static final Until NEVER = new Until(OptionalInt.empty());

  /// Ends after a number of tokens, or never.
  public Until(OptionalInt tokens) {
    this(tokens, OptionalInt.empty(), OptionalLong.empty(), Optional.empty());
  }
}
