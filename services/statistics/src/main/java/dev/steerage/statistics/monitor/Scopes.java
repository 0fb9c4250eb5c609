package dev.steerage.statistics.monitor;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorScope;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Which request, session, label value or tenant a glimpse is about, and the rule for it.
final class Scopes {
  private static final int HASH_BYTES = 6;

  private Scopes() {}

  /// The scope's name; empty: the monitor does not look at such requests.
  static Optional<String> of(
      MonitorScope scope, String request, Optional<String> session, Map<String, String> labels) {
    return switch (scope) {
      case MonitorScope.OfTenant() -> Optional.of("");
      case MonitorScope.OfRequest() -> Optional.of(request);
      case MonitorScope.OfSession() -> session;
      case MonitorScope.OfLabel(String label) -> Optional.ofNullable(labels.get(label));
    };
  }

  /// In words, for people.
  static String text(MonitorScope scope, String name) {
    return switch (scope) {
      case MonitorScope.OfTenant() -> "tenant";
      case MonitorScope.OfRequest() -> "request " + name;
      case MonitorScope.OfSession() -> "session " + name;
      case MonitorScope.OfLabel(String label) -> label + "=" + name;
    };
  }

  /// Id of the monitor's rule for a scope.
  static String ruleId(Monitor monitor, String name) {
    return Monitor.ruleId(monitor.id()) + (name.isEmpty() ? "" : "." + hash(name));
  }

  /// The monitor's rule for a scope only.
  static Rule rule(Monitor monitor, Rule then, String name) {
    Match match =
        switch (monitor.scope()) {
          case MonitorScope.OfTenant() -> Match.ALL;
          case MonitorScope.OfRequest() ->
              new Match(Optional.of(name), Optional.empty(), Map.of(), 100);
          case MonitorScope.OfSession() ->
              new Match(Optional.empty(), Optional.of(name), Map.of(), 100);
          case MonitorScope.OfLabel(String label) ->
              new Match(Optional.empty(), Optional.empty(), Map.of(label, name), 100);
        };
    return new Rule(
        ruleId(monitor, name),
        then.model(),
        then.priority(),
        match,
        then.when(),
        then.actions(),
        then.until(),
        Monitor.ruleId(monitor.id()));
  }

  static String hash(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
