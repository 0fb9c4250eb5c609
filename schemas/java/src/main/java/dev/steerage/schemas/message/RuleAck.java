package dev.steerage.schemas.message;

import java.util.Optional;
import java.util.OptionalInt;

/// What became of a rule, concept or command: the value of `steerage.<tenant>.rule-acks`.
///
/// @param kind what happened
/// @param subject id of the rule, concept or command; also the key
/// @param subjectKind what `subject` names
/// @param revision offset of the record that it answers (for a command: its offset in `commands`)
/// @param request for [Kind#APPLIED], [Kind#EXPIRED] and [Kind#LAPSED]: the request
/// @param tokenIndex there: index of the first token that it affected (0 where it acted on the
///   prompt)
/// @param worker who says so
/// @param refusal for [Kind#REFUSED]: why
/// @param detail a sentence for people
public record RuleAck(
    Kind kind,
    String subject,
    SubjectKind subjectKind,
    long revision,
    Optional<String> request,
    OptionalInt tokenIndex,
    String worker,
    Optional<Refusal> refusal,
    Optional<String> detail) {
  /// What happened; lower case in JSON.
  public enum Kind {
    /// Valid, and in force for every forward from now on.
    ACCEPTED,
    /// Acted on a request for the first time; once per request and rule.
    APPLIED,
    REFUSED,
    /// Its `until` was reached on a request.
    EXPIRED,
    /// The time of its `until` was over: from this token of a request on (without a token: from its
    /// prompt on) it acts no more. A replay takes the decision from here.
    LAPSED
  }

  /// What was acknowledged; lower case in JSON.
  public enum SubjectKind {
    RULE,
    CONCEPT,
    COMMAND,
    MONITOR
  }
}
