package dev.steerage.domain.monitor;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.CodeSelection;
import java.util.Optional;

/// A number that a window of natural codes has.
public sealed interface Measure {
  /// Activations of the codes per second of the window.
  record Rate(CodeSelection codes) implements Measure {}

  /// Activations of the codes per activation at the sites of the codes, 0 to 1.
  record Share(CodeSelection codes) implements Measure {}

  /// How many different codes of the site were active.
  record Distinct(Site site) implements Measure {}

  /// Entropy in nats of the activations of the site over its codes.
  record Entropy(Site site) implements Measure {}

  /// Of the positions with one of `codes`, the share with one of `with` as well, 0 to 1.
  record CoFiring(CodeSelection codes, CodeSelection with) implements Measure {}

  /// Jensen-Shannon divergence in nats of the site's activations from a stored baseline.
  ///
  /// @param baselinePositions the first so many positions after the monitor came are the baseline
  /// @param confidence without a bound of the monitor's own: the quantile of the divergences that
  ///   windows drawn from the baseline itself have
  record Drift(Site site, int baselinePositions, double confidence) implements Measure {}

  /// Activations of the codes; the monitor is raised by a window with none.
  record Absence(CodeSelection codes) implements Measure {}

  /// Of the requests that ended, the share that a rule or a stop word stopped.
  ///
  /// @param rule only requests on which this rule acted
  record Stops(Optional<String> rule) implements Measure {}

  /// Alerts of rules per request that ended.
  ///
  /// @param rule only requests on which this rule acted
  record Alerts(Optional<String> rule) implements Measure {}

  /// Of the natural codes of requests that ran beside an unsteered twin, the share that the twin
  /// did not have, 0 to 1.
  ///
  /// @param rule only requests on which this rule acted
  record Divergence(Optional<String> rule) implements Measure {}

  /// Loss in nats per token of what was written, under the unsteered model, on a share of the
  /// requests that ended.
  ///
  /// @param rule only requests on which this rule acted
  /// @param percent of the requests, drawn by their ids; another monitor may ask for more
  record Loss(Optional<String> rule, double percent) implements Measure {}

  /// Whether it counts requests that ended, and not positions.
  default boolean isOfEnds() {
    return switch (this) {
      case Stops _, Alerts _, Divergence _, Loss _ -> true;
      case Rate _, Share _, Distinct _, Entropy _, CoFiring _, Drift _, Absence _ -> false;
    };
  }
}
