package dev.steerage.domain.rule;

import java.util.List;

/// Something that holds or does not hold at a position of a request. It depends on the tokens up to
/// and including the position and on the natural codes before it, on nothing else; so it is decided
/// before the forward of the position, and alike in every run.
public sealed interface Condition {
  /// The position belongs to this part; `ANY` always holds.
  record InPhase(When.Phase phase) implements Condition {}

  /// The position is one of these.
  record At(When.Positions positions) implements Condition {}

  /// The token read at the position is one of these.
  record AfterToken(List<Integer> tokens) implements Condition {
    public AfterToken {
      tokens = List.copyOf(tokens);
    }
  }

  /// The last tokens read are these, in this order; the last one at the position.
  record AfterSequence(List<Integer> tokens) implements Condition {
    public AfterSequence {
      tokens = List.copyOf(tokens);
    }
  }

  /// A match of the pattern ends with a character that the token read at the position completes.
  ///
  /// The stream is the text of all tokens from the first on, special ones left out; how it is cut
  /// into tokens does not matter.
  ///
  /// @param pattern as [dev.steerage.domain.text.TextPattern] reads it
  record AfterText(String pattern) implements Condition {}

  /// One of the codes was natural at one of the `within` positions before.
  record Fired(CodeSelection codes, int within) implements Condition {}

  /// One of the codes was natural at `atLeast` or more of the `over` positions before.
  record Count(CodeSelection codes, int over, int atLeast) implements Condition {}

  /// Every part holds; without parts: always.
  record All(List<Condition> parts) implements Condition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /// One part holds.
  record Any(List<Condition> parts) implements Condition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /// The part does not hold.
  record Not(Condition part) implements Condition {}
}
