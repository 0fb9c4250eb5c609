package dev.steerage.domain.monitor;

/// What a window is about. Each request, session or value has windows and edges of its own, and a
/// rule that an edge writes acts on that request, session or value only.
public sealed interface MonitorScope {
  /// All requests of the tenant.
  record OfTenant() implements MonitorScope {}

  /// Each request.
  record OfRequest() implements MonitorScope {}

  /// Each session; requests without one are left out.
  record OfSession() implements MonitorScope {}

  /// Each value of a label; requests without it are left out.
  record OfLabel(String name) implements MonitorScope {}
}
