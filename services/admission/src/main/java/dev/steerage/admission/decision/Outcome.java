package dev.steerage.admission.decision;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.Work;
import java.util.Optional;

/// What becomes of a prompt.
public sealed interface Outcome {
  /// Goes to the workers of its model.
  ///
  /// @param key keeps the turns of a session in order
  record Admitted(String key, Work work) implements Outcome {}

  /// Is answered where there is a request id to answer under, and kept as a dead letter.
  record Refused(Optional<Completion.Finished> answer, Refusal reason, String detail)
      implements Outcome {
    /// A refusal that is answered under a request id.
    public static Refused of(String request, Refusal reason, String detail) {
      var answer =
          new Completion.Finished(
              request, Completion.Reason.REFUSED, Optional.of(reason), Optional.of(detail), 0, 0);
      return new Refused(Optional.of(answer), reason, detail);
    }

    /// A refusal that there is no id to answer under.
    public static Refused unanswered(Refusal reason, String detail) {
      return new Refused(Optional.empty(), reason, detail);
    }
  }

  /// Waited in its topic until its deadline had passed, or could not be met any more.
  record Expired(Completion.Finished answer) implements Outcome {
    /// The answer to a request that is not begun.
    public static Expired of(String request) {
      return new Expired(
          new Completion.Finished(
              request, Completion.Reason.EXPIRED, Optional.empty(), Optional.empty(), 0, 0));
    }
  }

  /// Has been sent before: answered with the place of the original.
  record Repeated(Completion.Duplicate answer) implements Outcome {}
}
