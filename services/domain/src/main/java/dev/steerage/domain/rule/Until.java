package dev.steerage.domain.rule;

import java.util.OptionalInt;

/// When a rule stops acting on a request.
///
/// @param tokens after it has acted while this many tokens were chosen; empty: never
public record Until(OptionalInt tokens) {
  /// Acts to the end of the request.
  public static final Until NEVER = new Until(OptionalInt.empty());
}
