package dev.steerage.cli.bench;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Bound;
import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorScope;
import dev.steerage.domain.monitor.MonitorWindow;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/// From the token that crosses a bound to the rule of the monitor being in force.
///
/// A monitor of the scope `request` is raised once by each request. Times are those that the broker
/// put on the records: of the token, the alert, the rule, and the worker's acknowledgement that the
/// rule is in force. One request at a time.
final class MonitorBenchmark {
  static final String TOTAL = "token to rule in force";

  private static final String AUTHOR = "bench";
  private static final double PACE = 50;
  private static final int TOKENS = 60;
  private static final int SUPPORT = 10;
  private static final long WINDOW_MS = 60_000;

  private final EventLog log;
  private final TenantId tenant;
  private final ModelCard model;
  private final String run;

  /// @param run distinguishes the request and monitor ids of this run
  MonitorBenchmark(EventLog log, TenantId tenant, ModelCard model, String run) {
    this.log = log;
    this.tenant = tenant;
    this.model = model;
    this.run = run;
  }

  /// Milliseconds of each stretch of the way, and of the whole.
  Map<String, double[]> measure(int warmUp, int count, IntConsumer progress) {
    Map<String, double[]> result = new LinkedHashMap<>();
    for (String stretch : List.of("token to alert", "alert to rule", "rule to in force", TOTAL)) {
      result.put(stretch, new double[count]);
    }
    String id = run.length() <= 40 ? run : run.substring(run.length() - 40);
    try (var completions = new Watch<>(log.follow(Topics.COMPLETIONS.of(tenant), Feed.From.NOW));
        var alerts = new Watch<>(log.follow(Topics.ALERTS.of(tenant), Feed.From.NOW));
        var rules = new Watch<>(log.follow(Topics.RULES.of(tenant), Feed.From.NOW));
        var acks = new Watch<>(log.follow(Topics.RULE_ACKS.of(tenant), Feed.From.NOW))) {
      log.send(Topics.RULES.of(tenant), id, new RuleChange.MonitorPut(monitor(id)));
      acks.await(id + ": accepted", isAccepted(id));
      for (int i = -warmUp; i < count; i++) {
        String request = run + "-" + (i + warmUp);
        log.send(Topics.PROMPTS.of(tenant), request, prompt(request));
        Event<Alert> alert = alerts.await(request + ": alert", isRaised(id, request));
        Map<String, String> facts = alert.value().orThrow().facts();
        String rule = facts.get("rule");
        int token = Integer.parseInt(facts.get("position")) - promptTokens().size() + 1;
        long crossed =
            completions.await(request + ": token " + token, has(request, token)).timestampMs();
        long written = rules.await(rule + ": written", isPut(rule)).timestampMs();
        long inForce = acks.await(rule + ": in force", isAccepted(rule)).timestampMs();
        if (i >= 0) {
          result.get("token to alert")[i] = alert.timestampMs() - crossed;
          result.get("alert to rule")[i] = written - alert.timestampMs();
          result.get("rule to in force")[i] = inForce - written;
          result.get(TOTAL)[i] = inForce - crossed;
          progress.accept(i + 1);
        }
        completions.await(request + ": finished", isFinished(request));
        acks.await(rule + ": removed", isAccepted(rule));
      }
      log.send(Topics.RULES.of(tenant), id, new RuleChange.MonitorRemoved(id, AUTHOR));
      acks.await(id + ": removed", isAccepted(id));
    }
    return result;
  }

  private static Predicate<RuleAck> isAccepted(String subject) {
    return ack -> ack.subject().equals(subject) && ack.kind() == RuleAck.Kind.ACCEPTED;
  }

  private static Predicate<Alert> isRaised(String monitor, String request) {
    return alert ->
        monitor.equals(alert.facts().get(Alert.MONITOR))
            && request.equals(alert.facts().get("request"))
            && "raised".equals(alert.facts().get("edge"));
  }

  private static Predicate<RuleChange> isPut(String rule) {
    return change -> change instanceof RuleChange.RulePut put && put.rule().id().equals(rule);
  }

  private static Predicate<Completion> has(String request, int token) {
    return event ->
        event instanceof Completion.Tokens tokens
            && tokens.request().equals(request)
            && tokens.tokens().getLast().index() >= token;
  }

  private static Predicate<Completion> isFinished(String request) {
    return event ->
        event instanceof Completion.Finished finished && finished.request().equals(request);
  }

  private Monitor monitor(String id) {
    // Any window with some positions has an activation: it is raised by the support.
    Site site = Site.parse(model.sites().getFirst().site());
    Rule tag =
        new Rule(
            Monitor.ruleId(id),
            model.model(),
            0,
            Match.ALL,
            When.ALWAYS,
            List.of(new Action.Tag("bench")),
            Until.NEVER,
            Monitor.ruleId(id));
    return new Monitor(
        id,
        model.model(),
        new Measure.Distinct(site),
        new MonitorWindow.Tumbling(WINDOW_MS),
        new MonitorScope.OfRequest(),
        Optional.of(new Bound(Bound.Side.ABOVE, 0, 0)),
        SUPPORT,
        WINDOW_MS,
        Action.Severity.INFO,
        Optional.empty(),
        Optional.of(tag),
        AUTHOR);
  }

  private List<Integer> promptTokens() {
    return List.of(Math.max(0, model.bosToken()), 1, 2, 3);
  }

  private Prompt prompt(String id) {
    return Prompt.of(model.model())
        .request(id)
        .tokens(promptTokens())
        .sampling(new Prompt.Sampling(1, 0, 1, 1, 7))
        .maxTokens(TOKENS)
        .pace(PACE)
        .prompt();
  }
}
