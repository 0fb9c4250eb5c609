package dev.steerage.domain.monitor;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Conditions;
import dev.steerage.domain.rule.Rule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What to watch, over which windows, and what an edge does.
///
/// @param id unique within the tenant; `[A-Za-z0-9._-]{1,40}`
/// @param model name of the model whose codes are watched
/// @param bound empty: for [Measure.Absence], and for a drift whose bound is calibrated
/// @param support positions, or requests that ended, that a window must have before its value
///   counts
/// @param coolDownMs least time from one edge to the next
/// @param severity of the alert
/// @param message of the alert
/// @param then the rule that is in force while the monitor is raised
/// @param author who says so; a claim
public record Monitor(
    String id,
    String model,
    Measure measure,
    MonitorWindow window,
    MonitorScope scope,
    Optional<Bound> bound,
    int support,
    long coolDownMs,
    Action.Severity severity,
    Optional<String> message,
    Optional<Rule> then,
    String author) {
  /// Positions that a window must have, where nothing is said.
  public static final int DEFAULT_SUPPORT = 20;

  private static final String PREFIX = "monitor:";

  /// Id and author of the rules that a monitor writes begin with this.
  public static String ruleId(String monitor) {
    return PREFIX + monitor;
  }

  /// The same, said by somebody else.
  public Monitor by(String other) {
    return new Monitor(
        id,
        model,
        measure,
        window,
        scope,
        bound,
        support,
        coolDownMs,
        severity,
        message,
        then,
        other);
  }

  /// The codes that it watches one by one.
  public List<CodeSelection> watchedCodes() {
    return switch (measure) {
      case Measure.Rate(CodeSelection codes) -> List.of(codes);
      case Measure.Share(CodeSelection codes) -> List.of(codes);
      case Measure.Absence(CodeSelection codes) -> List.of(codes);
      case Measure.CoFiring(CodeSelection codes, CodeSelection with) -> List.of(codes, with);
      case Measure.Distinct _,
          Measure.Entropy _,
          Measure.Drift _,
          Measure.Stops _,
          Measure.Alerts _,
          Measure.Divergence _,
          Measure.Loss _ ->
          List.of();
    };
  }

  /// The site that it watches as a whole, if it does.
  public Optional<Site> watchedSite() {
    return switch (measure) {
      case Measure.Distinct(Site site) -> Optional.of(site);
      case Measure.Entropy(Site site) -> Optional.of(site);
      case Measure.Drift(Site site, int _, double _) -> Optional.of(site);
      case Measure.Rate _,
          Measure.Share _,
          Measure.Absence _,
          Measure.CoFiring _,
          Measure.Stops _,
          Measure.Alerts _,
          Measure.Divergence _,
          Measure.Loss _ ->
          Optional.empty();
    };
  }

  /// Every selection of codes that it names: watched, or in its rule.
  public Stream<CodeSelection> selections() {
    return Stream.concat(watchedCodes().stream(), then.stream().flatMap(Conditions::selections));
  }

  /// Whether it names a concept.
  public boolean names(String concept) {
    return selections()
        .anyMatch(
            codes -> codes instanceof CodeSelection.Concept(String name) && name.equals(concept));
  }
}
