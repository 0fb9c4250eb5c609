package dev.steerage.gateway.model;

import dev.steerage.domain.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Runs completions again, where model folders are at hand.
public interface Replays {
  /// No model is at hand.
  Replays NONE = (_, _, _, _) -> Answer.unavailable("no model folder is at hand: --models");

  /// Runs a completion of a model again.
  ///
  /// @param revision steers all of it at this one; empty: as recorded
  Answer replay(TenantId tenant, String request, String model, OptionalLong revision);

  /// What came of it.
  sealed interface Answer {
    static Answer unavailable(String why) {
      return new Unavailable(why);
    }

    /// It cannot be run here.
    record Unavailable(String why) implements Answer {}

    /// It cannot be compared: another model, a log made anew, a revision that is not there.
    record Impossible(String why) implements Answer {}

    /// It ran.
    ///
    /// @param tokens of the second run, by id
    /// @param recorded of the first
    /// @param positions whose codes were compared
    record Ran(
        List<Integer> tokens,
        List<Integer> recorded,
        OptionalInt differingToken,
        int positions,
        OptionalInt differingPosition,
        List<String> recordedClasses,
        String numericClass)
        implements Answer {
      public Ran {
        tokens = List.copyOf(tokens);
        recorded = List.copyOf(recorded);
        recordedClasses = List.copyOf(recordedClasses);
      }
    }

    /// The answer, if it ran.
    default Optional<Ran> ran() {
      return switch (this) {
        case Ran ran -> Optional.of(ran);
        case Unavailable _, Impossible _ -> Optional.empty();
      };
    }
  }
}
