package dev.steerage.schemas.message;

import dev.steerage.domain.rule.Action;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A one-shot order about one request: the value of `steerage.<tenant>.commands`.
///
/// @param version of this message; 1
/// @param command id chosen by the caller; `partition-offset` where absent
/// @param request the request it is about
/// @param kind what to do
/// @param deadlineMs for [Kind#DEADLINE]: epoch milliseconds
/// @param actions for [Kind#STEER]: interventions from the next token of this request on
/// @param author a claim
public record Command(
    int version,
    Optional<String> command,
    String request,
    Kind kind,
    OptionalLong deadlineMs,
    List<Action> actions,
    String author) {
  /// The version written today.
  public static final int VERSION = 1;

  public Command {
    actions = List.copyOf(actions);
  }

  /// What a command does; lower case in JSON.
  public enum Kind {
    /// Ends the request, `finished: cancelled`; nothing more is written.
    CANCEL,
    /// Ends the request after the token being computed, `finished: stop`.
    STOP,
    /// Sets another deadline.
    DEADLINE,
    /// Steers this request only.
    STEER
  }
}
