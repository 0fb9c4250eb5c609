package dev.steerage.cli.demo;

import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.tenant.TenantId;

/// What every act of the demo plays on.
///
/// @param run a short name that no other run has; request and rule ids begin with it
/// @param seed of every random choice
record Stage(EventLog log, TenantId tenant, Terminal terminal, String run, long seed) {
  /// Who the demo says it is in the rule log.
  static final String AUTHOR = "steerage demo";
}
