package dev.steerage.cli.rule;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Bound;
import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorScope;
import dev.steerage.domain.monitor.MonitorWindow;
import dev.steerage.domain.rule.CodeSelection;
import java.util.Optional;

/// Monitors in few words, for tables.
public final class MonitorText {
  private MonitorText() {}

  /// What it measures.
  public static String measure(Monitor monitor) {
    return switch (monitor.measure()) {
      case Measure.Rate(CodeSelection codes) -> "rate of " + RuleText.selection(codes);
      case Measure.Share(CodeSelection codes) -> "share of " + RuleText.selection(codes);
      case Measure.Absence(CodeSelection codes) -> "absence of " + RuleText.selection(codes);
      case Measure.CoFiring(CodeSelection codes, CodeSelection with) ->
          RuleText.selection(codes) + " firing with " + RuleText.selection(with);
      case Measure.Distinct(Site site) -> "distinct codes of " + site;
      case Measure.Entropy(Site site) -> "entropy of " + site;
      case Measure.Stops(Optional<String> rule) -> "share of stopped requests" + with(rule);
      case Measure.Alerts(Optional<String> rule) -> "alerts per request" + with(rule);
      case Measure.Divergence(Optional<String> rule) ->
          "share of codes that differ from an unsteered twin's" + with(rule);
      case Measure.Loss(Optional<String> rule, double percent) ->
          "loss under the unsteered model of " + percent + " % of requests" + with(rule);
      case Measure.Drift(Site site, int baseline, double _) ->
          "drift of " + site + " from its first " + baseline + " positions";
    };
  }

  private static String with(Optional<String> rule) {
    return rule.map(id -> " with rule " + id).orElse("");
  }

  /// When it is raised.
  public static String bound(Monitor monitor) {
    return monitor
        .bound()
        .map(
            bound ->
                (bound.side() == Bound.Side.ABOVE ? "above " : "below ")
                    + bound.value()
                    + ", clear "
                    + bound.clear())
        .orElseGet(
            () ->
                monitor.measure() instanceof Measure.Drift drift
                    ? "calibrated, " + drift.confidence()
                    : "none");
  }

  /// Over which windows, and of what.
  public static String window(Monitor monitor) {
    String window =
        switch (monitor.window()) {
          case MonitorWindow.Tumbling(long length) -> length + " ms";
          case MonitorWindow.Hopping(long length, long every) ->
              length + " ms each " + every + " ms";
          case MonitorWindow.Silence(long gap) -> "to " + gap + " ms of silence";
        };
    return switch (monitor.scope()) {
      case MonitorScope.OfTenant() -> window;
      case MonitorScope.OfRequest() -> window + " per request";
      case MonitorScope.OfSession() -> window + " per session";
      case MonitorScope.OfLabel(String name) -> window + " per " + name;
    };
  }
}
