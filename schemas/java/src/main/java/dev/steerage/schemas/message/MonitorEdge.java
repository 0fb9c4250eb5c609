package dev.steerage.schemas.message;

import dev.steerage.domain.rule.RuleChange;

/// What the edge of a monitor writes to the rule log: the value of
/// `steerage-internal.monitor-edges`.
///
/// @param tenant whose rule log
/// @param edge names the monitor, its scope and the edge; the same after a restart, so that a
///   change which is in the log already is not written twice
/// @param atMs event time of the edge, epoch milliseconds
/// @param change the rule, or its removal
public record MonitorEdge(String tenant, String edge, long atMs, RuleChange change) {
  /// Header of the record in the rule log: which edge wrote it.
  public static final String HEADER = "monitor-edge";
}
