package dev.steerage.statistics.monitor;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;

/// Where edges go, and where state is kept.
public interface MonitorSink {
  void alert(TenantId tenant, Alert alert);

  /// @param edge the same after a restart
  void change(TenantId tenant, String monitor, String edge, long atMs, RuleChange change);

  /// Keeps bytes under a key; `null` forgets it.
  void keep(String key, byte[] value);
}
