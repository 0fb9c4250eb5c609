package dev.steerage.transformer.generation;

import dev.steerage.transformer.intervention.Steering;

/// The source of a request without rules.
enum Unsteered implements SteeringSource {
  INSTANCE;

  @Override
  public Steering steeringFor(int position, boolean generationPhase) {
    return Steering.NONE;
  }

  @Override
  public boolean needsHistory() {
    return false;
  }
}
