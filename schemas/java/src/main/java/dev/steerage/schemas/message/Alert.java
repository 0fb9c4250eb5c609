package dev.steerage.schemas.message;

import java.util.Map;

/// A bound was crossed: the value of `steerage.<tenant>.alerts`. The record key is [#subject()].
///
/// @param alert id, unique within the tenant
/// @param kind closed set: `limit-hit`, `monitor`, `monitor-lag`, `rule`, `shadow`, `slot-conflict`
/// @param severity `info`, `warning` or `critical`
/// @param message a sentence for people; no prompt or output text
/// @param atMs epoch milliseconds
/// @param facts names and numbers
public record Alert(
    String alert,
    String kind,
    String severity,
    String message,
    long atMs,
    Map<String, String> facts) {
  /// The fact that names the monitor.
  public static final String MONITOR = "monitor";

  public Alert {
    facts = Map.copyOf(facts);
  }

  /// What the alert is about: a monitor's id, or the alert's own id. As record key it keeps what
  /// one monitor says in order: its rise before its end.
  public String subject() {
    return facts.getOrDefault(MONITOR, alert);
  }

  /// The same at another time.
  public Alert at(long epochMs) {
    return new Alert(alert, kind, severity, message, epochMs, facts);
  }
}
