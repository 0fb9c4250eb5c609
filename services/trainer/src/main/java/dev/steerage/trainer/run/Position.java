package dev.steerage.trainer.run;

/// Where a run is.
///
/// @param stage number of the stage, from 0
/// @param step steps done in that stage
/// @param steps steps done in all
/// @param nextSequence the first training sequence that was not read yet
/// @param tokens trained on so far, in the runs that this one began with too
public record Position(int stage, long step, long steps, long nextSequence, long tokens) {
  Position after(int sequences, int length) {
    return new Position(
        stage, step + 1, steps + 1, nextSequence + sequences, tokens + (long) sequences * length);
  }

  Position nextStage() {
    return new Position(stage + 1, 0, steps, nextSequence, tokens);
  }
}
