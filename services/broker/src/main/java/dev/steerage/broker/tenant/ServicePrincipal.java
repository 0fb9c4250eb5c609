package dev.steerage.broker.tenant;

import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Steerage's own services as principals, each with what it writes. All of them read what tenants
/// and the platform have; none makes or deletes a topic, but for the changelogs of statistics.
///
/// Names that begin with `steerage` are theirs: no tenant can have one.
public enum ServicePrincipal {
  ADMISSION(
      List.of(Topics.COMPLETIONS, Topics.DEAD_LETTERS),
      Set.of(),
      Set.of("steerage-internal.work."),
      Set.of("steerage-admission")),
  WORKER(
      List.of(
          Topics.COMPLETIONS,
          Topics.RULE_ACKS,
          Topics.ACTIVATIONS,
          Topics.ALERTS,
          Topics.DEAD_LETTERS),
      Set.of(
          Topics.MODELS.name(),
          Topics.HISTOGRAMS.name(),
          Topics.MONITORS.name(),
          Topics.OBSERVATIONS.name()),
      Set.of("steerage-internal.sessions."),
      Set.of("steerage-worker.")),
  STATISTICS(
      // Monitors publish alerts, and rules as their authors.
      List.of(Topics.CODE_STATISTICS, Topics.ALERTS, Topics.RULES, Topics.DEAD_LETTERS),
      Set.of(Topics.HISTOGRAMS.name(), Topics.MONITOR_EDGES.name(), Topics.OBSERVATIONS.name()),
      Set.of(),
      Set.of("steerage-statistics")),
  INDEX(List.of(), Set.of(), Set.of(), Set.of("steerage-index")),
  GATEWAY(
      List.of(Topics.PROMPTS, Topics.COMMANDS, Topics.RULES, Topics.LABELS),
      Set.of(),
      Set.of(),
      Set.of("steerage-gateway"));

  private final List<TenantTopic<?, ?>> writes;
  private final Set<String> platformWrites;
  private final Set<String> prefixWrites;
  private final Set<String> names;

  ServicePrincipal(
      List<TenantTopic<?, ?>> writes,
      Set<String> platformWrites,
      Set<String> prefixWrites,
      Set<String> names) {
    this.writes = writes;
    this.platformWrites = platformWrites;
    this.prefixWrites = prefixWrites;
    this.names = names;
  }

  /// Its user name: `steerage-worker`.
  public String user() {
    return "steerage-" + name().toLowerCase(Locale.ROOT);
  }

  /// What it writes of every tenant.
  public List<TenantTopic<?, ?>> writes() {
    return writes;
  }

  /// Platform topics that it writes.
  Set<String> platformWrites() {
    return platformWrites;
  }

  /// Prefixes of platform topics that it writes.
  Set<String> prefixWrites() {
    return prefixWrites;
  }

  /// Prefixes of its consumer groups, its transactions and, for statistics, its changelogs.
  Set<String> names() {
    return names;
  }
}
