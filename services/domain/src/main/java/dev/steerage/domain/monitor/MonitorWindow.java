package dev.steerage.domain.monitor;

/// How event time is cut. Boundaries of the first two are multiples of their lengths since the
/// epoch.
public sealed interface MonitorWindow {
  /// How long it is; for a session window its gap.
  long lengthMs();

  /// One after the other.
  record Tumbling(long lengthMs) implements MonitorWindow {}

  /// Of one length, a new one each `everyMs`.
  record Hopping(long lengthMs, long everyMs) implements MonitorWindow {}

  /// From the first position to a silence of `lengthMs`.
  record Silence(long lengthMs) implements MonitorWindow {}
}
