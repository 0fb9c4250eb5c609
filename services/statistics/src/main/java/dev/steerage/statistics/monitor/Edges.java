package dev.steerage.statistics.monitor;

import dev.steerage.domain.monitor.Bound;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Alert;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What an edge says: an alert, and a change of the rule log where the monitor has a rule.
final class Edges {
  private final TenantId tenant;
  private final Monitor monitor;

  Edges(TenantId tenant, Monitor monitor) {
    this.tenant = tenant;
    this.monitor = monitor;
  }

  /// What was seen when the bound was crossed.
  ///
  /// @param place request and position that were read last, where one was
  record Seen(double value, Bound bound, long positions, Map<String, String> place) {}

  void raised(String scope, long atMs, Seen seen, MonitorSink sink) {
    String edge = edge(scope, atMs, "raised");
    String severity = Words.of(monitor.severity());
    String text =
        monitor.message().orElse("monitor " + monitor.id() + " raised")
            + sentence(scope, seen.value(), side(seen.bound()), seen.bound().value());
    sink.alert(tenant, alert(edge, severity, text, atMs, facts(scope, "raised", seen)));
    monitor
        .then()
        .ifPresent(
            then ->
                sink.change(
                    tenant,
                    monitor.id(),
                    edge,
                    atMs,
                    new RuleChange.RulePut(Scopes.rule(monitor, then, scope))));
  }

  void cleared(String scope, long atMs, Seen seen, MonitorSink sink) {
    String edge = edge(scope, atMs, "cleared");
    String side = seen.bound().side() == Bound.Side.ABOVE ? "not above" : "not below";
    String text =
        "monitor "
            + monitor.id()
            + " cleared"
            + sentence(scope, seen.value(), side, seen.bound().clear());
    sink.alert(tenant, alert(edge, "info", text, atMs, facts(scope, "cleared", seen)));
    remove(scope, edge, atMs, sink);
  }

  /// The scope is over, or nobody watches it any more.
  void ended(String scope, long atMs, String why, MonitorSink sink) {
    String edge = edge(scope, atMs, "ended");
    Map<String, String> facts = new TreeMap<>();
    facts.put(Alert.MONITOR, monitor.id());
    facts.put("model", monitor.model());
    facts.put("edge", "ended");
    facts.put("scope", Scopes.text(monitor.scope(), scope));
    sink.alert(
        tenant, alert(edge, "info", "monitor " + monitor.id() + " ended: " + why, atMs, facts));
    remove(scope, edge, atMs, sink);
  }

  /// There are more scopes than are watched.
  void limitHit(int limit, long atMs, MonitorSink sink) {
    sink.alert(
        tenant,
        new Alert(
            "monitor-scopes/" + monitor.id() + "/" + atMs,
            "limit-hit",
            "warning",
            "monitor " + monitor.id() + " watches as many scopes as it can",
            atMs,
            Map.of(Alert.MONITOR, monitor.id(), "limit", Integer.toString(limit))));
  }

  private void remove(String scope, String edge, long atMs, MonitorSink sink) {
    if (monitor.then().isPresent()) {
      String author = Monitor.ruleId(monitor.id());
      sink.change(
          tenant,
          monitor.id(),
          edge,
          atMs,
          new RuleChange.RuleRemoved(Scopes.ruleId(monitor, scope), author));
    }
  }

  private String edge(String scope, long atMs, String what) {
    String where = scope.isEmpty() ? "tenant" : Scopes.hash(scope);
    return monitor.id() + "/" + where + "/" + atMs + "/" + what;
  }

  private static Alert alert(
      String edge, String severity, String text, long atMs, Map<String, String> facts) {
    return new Alert("monitor/" + edge, "monitor", severity, text, atMs, facts);
  }

  private String sentence(String scope, double value, String side, double bound) {
    return String.format(
        Locale.ROOT,
        ": %.4g is %s %.4g in %s",
        value,
        side,
        bound,
        Scopes.text(monitor.scope(), scope));
  }

  private static String side(Bound bound) {
    return bound.side() == Bound.Side.ABOVE ? "above" : "below";
  }

  private Map<String, String> facts(String scope, String edge, Seen seen) {
    Map<String, String> facts = new TreeMap<>(seen.place());
    facts.put(Alert.MONITOR, monitor.id());
    facts.put("model", monitor.model());
    facts.put("edge", edge);
    facts.put("scope", Scopes.text(monitor.scope(), scope));
    facts.put("value", Double.toString(seen.value()));
    facts.put("bound", Double.toString(seen.bound().value()));
    facts.put("clear", Double.toString(seen.bound().clear()));
    facts.put("positions", Long.toString(seen.positions()));
    monitor.then().ifPresent(_ -> facts.put("rule", Scopes.ruleId(monitor, scope)));
    return facts;
  }
}
