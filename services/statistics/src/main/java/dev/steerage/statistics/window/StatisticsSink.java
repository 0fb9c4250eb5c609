package dev.steerage.statistics.window;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;

/// Where statistics of windows go.
@FunctionalInterface
public interface StatisticsSink {
  void emit(TenantId tenant, CodeStatistics statistics);
}
