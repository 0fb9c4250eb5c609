package dev.steerage.statistics;

import dev.steerage.domain.tenant.TenantId;

/// Reads the windows that are held now. Thread-safe.
///
/// A window is answered as of one offset of its input partition: every record before it is counted
/// and none after. Newer counts follow with each commit.
public interface StatisticsQueries {
  /// The newest window of a size at one site.
  StatisticsAnswer window(TenantId tenant, String model, String site, long windowMs);

  /// The newest window of a size at every site of a model.
  StatisticsAnswer windows(TenantId tenant, String model, long windowMs);

  /// What the service is doing: `RUNNING` answers queries.
  String state();

  default boolean isReady() {
    return state().equals("RUNNING");
  }
}
