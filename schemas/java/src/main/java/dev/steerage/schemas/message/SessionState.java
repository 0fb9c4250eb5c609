package dev.steerage.schemas.message;

import java.util.List;

/// What the next turn of a session continues: the value of `steerage-internal.sessions.<model>`,
/// written in the transaction that ends a turn.
///
/// @param turn number of the turn that ended, from 1
/// @param request id of that turn
/// @param tokens all prompts and completions of the session so far
/// @param finishedMs when the turn ended, epoch milliseconds
public record SessionState(
    String tenant,
    String session,
    int turn,
    String request,
    List<Integer> tokens,
    long finishedMs) {
  public SessionState {
    tokens = List.copyOf(tokens);
  }
}
