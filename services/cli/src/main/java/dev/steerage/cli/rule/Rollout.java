package dev.steerage.cli.rule;

import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts a rule in force step by step and takes it back when a guard is raised. Every step is a
/// record of the rule log, so it can be proved and replayed like any.
///
/// The share is drawn by a stable hash: who was in stays in.
public final class Rollout {
  private static final Duration POLL = Duration.ofMillis(100);

  private final RuleLog rules;
  private final Rule rule;
  private final Optional<Rule> before;
  private final Set<String> guards;
  private final Duration ackLimit;
  private final Feed<Alert> alerts;
  private final Feed<RuleAck> acks;

  /// @param before what is put back; empty: the rule is removed
  /// @param guards ids of monitors
  public Rollout(
      EventLog log,
      TenantId tenant,
      Rule rule,
      Optional<Rule> before,
      Set<String> guards,
      Duration ackLimit) {
    this.rules = new RuleLog(log, tenant);
    this.rule = rule;
    this.before = before;
    this.guards = Set.copyOf(guards);
    this.ackLimit = ackLimit;
    alerts = log.follow(Topics.ALERTS.of(tenant), Feed.From.NOW);
    acks = log.follow(Topics.RULE_ACKS.of(tenant), Feed.From.NOW);
  }

  /// What was seen in one step.
  ///
  /// @param requests on which the rule acted, or would have
  /// @param slots that a shadow would have changed
  /// @param guard that was raised
  public record Seen(int requests, long slots, Optional<Alert> guard) {}

  /// Puts the rule as a shadow: nothing is done.
  public RuleAck shadow() {
    return put(rule.match().percent(), true);
  }

  /// Puts the rule for a share of those that it matches.
  public RuleAck step(double percent) {
    return put(Math.min(percent, rule.match().percent()), false);
  }

  private RuleAck put(double percent, boolean shadow) {
    Match match = rule.match();
    Rule next =
        new Rule(
            rule.id(),
            rule.model(),
            rule.priority(),
            new Match(match.request(), match.session(), match.labels(), percent, match.mandatory()),
            rule.when(),
            rule.actions(),
            rule.until(),
            rule.author(),
            shadow);
    return rules.putAndWait(new RuleChange.RulePut(next), ackLimit);
  }

  /// Looks for so long, or until a guard is raised.
  public Seen watch(Duration time) {
    Set<String> requests = new HashSet<>();
    long[] slots = {0};
    Optional<Alert> guard = Optional.empty();
    long end = System.nanoTime() + time.toNanos();
    do {
      for (var event : alerts.poll(POLL)) {
        Optional<Alert> alert = event.value().value();
        alert.filter(this::isOfShadow).ifPresent(told -> count(told, requests, slots));
        if (guard.isEmpty()) {
          guard = alert.filter(this::isGuard);
        }
      }
      for (var event : acks.poll(Duration.ZERO)) {
        event
            .value()
            .value()
            .filter(ack -> ack.kind() == RuleAck.Kind.APPLIED && ack.subject().equals(rule.id()))
            .flatMap(RuleAck::request)
            .ifPresent(requests::add);
      }
    } while (guard.isEmpty() && System.nanoTime() < end);
    return new Seen(requests.size(), slots[0], guard);
  }

  private boolean isOfShadow(Alert alert) {
    return alert.kind().equals("shadow") && rule.id().equals(alert.facts().get("rule"));
  }

  private static void count(Alert told, Set<String> requests, long[] slots) {
    Map<String, String> facts = told.facts();
    requests.add(facts.getOrDefault("request", told.alert()));
    slots[0] += Long.parseLong(facts.getOrDefault("slots", "0"));
  }

  private boolean isGuard(Alert alert) {
    return alert.kind().equals("monitor")
        && guards.contains(alert.facts().get(Alert.MONITOR))
        && "raised".equals(alert.facts().get("edge"));
  }

  /// Puts back what was there before.
  public RuleAck rollBack() {
    return rules.putAndWait(back(), ackLimit);
  }

  /// Puts back what was there before, and waits for nobody.
  public void rollBackNow() {
    rules.put(back());
  }

  private RuleChange back() {
    return before
        .<RuleChange>map(old -> new RuleChange.RulePut(old.by(rule.author())))
        .orElseGet(() -> new RuleChange.RuleRemoved(rule.id(), rule.author()));
  }

  /// Closes what it reads.
  public void close() {
    alerts.close();
    acks.close();
  }
}
