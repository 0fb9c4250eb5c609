package dev.steerage.transformer.generation;

import dev.steerage.transformer.intervention.Steering;

/// Says which interventions hold at each position of one request. Called on the decode thread only.
public interface SteeringSource {
  /// Called once per position, in position order, before the forward of that position.
  ///
  /// @param generationPhase true from the last prompt position on: that position chooses token 0
  Steering steeringFor(int position, boolean generationPhase);

  /// True: a condition looks at codes fired at earlier positions, so that a position is asked for
  /// only after the listener has seen the one before it (prefill goes one position at a time).
  boolean needsHistory();

  /// Never steers.
  static SteeringSource none() {
    return Unsteered.INSTANCE;
  }
}
