package dev.steerage.domain.rule;

import java.util.List;

/// Who, when, which interventions, for how long.
///
/// @param id unique within the tenant; `[A-Za-z0-9._-]{1,64}`
/// @param model name of the model whose codes are meant
/// @param priority activations of a higher priority are applied later and so win
/// @param match which requests
/// @param when which positions
/// @param actions what to do there; at least one
/// @param until when it stops acting on a request
/// @param author who says so; a claim, the principal's role is the proof
/// @param shadow nothing is done; what would have been is reported when the request ends
public record Rule(
    String id,
    String model,
    int priority,
    Match match,
    When when,
    List<Action> actions,
    Until until,
    String author,
    boolean shadow) {
  public Rule {
    actions = List.copyOf(actions);
  }

  /// One that acts.
  public Rule(
      String id,
      String model,
      int priority,
      Match match,
      When when,
      List<Action> actions,
      Until until,
      String author) {
    this(id, model, priority, match, when, actions, until, author, false);
  }

  /// The same, said by somebody else.
  public Rule by(String other) {
    return new Rule(id, model, priority, match, when, actions, until, other, shadow);
  }
}
