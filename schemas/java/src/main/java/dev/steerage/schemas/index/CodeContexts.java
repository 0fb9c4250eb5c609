package dev.steerage.schemas.index;

import java.time.Instant;
import java.util.List;

/// Where a code fired, newest first: lately, and a sample of what was before; the tokens it fired
/// on most, and the rules that acted on it.
///
/// @param rules the one that acted last comes first
/// @param firedOn most frequent first; committed firings only
public record CodeContexts(List<Context> contexts, List<FiredOn> firedOn, List<RuleTouch> rules) {
  public CodeContexts {
    contexts = List.copyOf(contexts);
    firedOn = List.copyOf(firedOn);
    rules = List.copyOf(rules);
  }

  /// One firing.
  ///
  /// @param position of the firing, counted from the start of the prompt
  /// @param tokens token ids around it
  /// @param focus index in `tokens` of the token that the code fired on
  /// @param live not committed yet
  /// @param time broker time of the record, or of arrival while live
  public record Context(
      String request, int position, List<Integer> tokens, int focus, boolean live, Instant time) {
    public Context {
      tokens = List.copyOf(tokens);
    }
  }

  /// A token that the code fired on.
  ///
  /// @param firings an upper bound, too high by at most `over`
  public record FiredOn(int token, long firings, long over) {}

  /// What a rule did to the code.
  ///
  /// @param put how often it put the code into a slot
  /// @param taken how often it took the code, which the snap had chosen, out of one
  /// @param last broker time of the last record that says so
  public record RuleTouch(String rule, long put, long taken, Instant last) {}
}
