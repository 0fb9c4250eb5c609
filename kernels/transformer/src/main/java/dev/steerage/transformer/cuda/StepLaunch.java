package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.Launch;

/// A launch of a step, and beside what it may run.
record StepLaunch(Launch launch, Lane lane) {
  enum Lane {
    /// After all before it that is in this lane.
    MAIN,

    /// Beside the launches of the main lane that follow, up to the next that is [#JOINED].
    SIDE,

    /// In the main lane, after everything before it in both.
    JOINED
  }
}
