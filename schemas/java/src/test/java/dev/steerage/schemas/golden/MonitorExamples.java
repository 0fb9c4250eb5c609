package dev.steerage.schemas.golden;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Bound;
import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorScope;
import dev.steerage.domain.monitor.MonitorWindow;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.golden.Examples.Example;
import dev.steerage.schemas.json.PublishedSchema;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One monitor of each measure, with every window and scope among them.
final class MonitorExamples {
  private static final CodeSelection FIRE = new CodeSelection.Concept("fire");
  private static final CodeSelection CODES =
      new CodeSelection.Codes(List.of(Code.parse("L0.attn.H13:471"), Code.parse("L1.mlp:12")));
  private static final Site SITE = Site.parse("L1.mlp");
  private static final MonitorWindow TUMBLING = new MonitorWindow.Tumbling(60_000);
  private static final MonitorScope TENANT = new MonitorScope.OfTenant();
  private static final Rule THEN =
      new Rule(
          Monitor.ruleId("share"),
          "stories",
          5,
          Match.ALL,
          new When(When.Phase.GENERATION, Optional.empty(), false, List.of(), Optional.empty()),
          List.of(new Action.Ban(FIRE)),
          new Until(OptionalInt.of(64)),
          Monitor.ruleId("share"));

  private MonitorExamples() {}

  static Stream<Example<?>> examples() {
    Map<String, Monitor> monitors = all();
    Stream<Example<?>> accepted =
        monitors.entrySet().stream()
            .map(
                entry ->
                    new Example<>(
                        "monitor/v1-" + entry.getKey() + ".json",
                        Topics.MONITORS.value(),
                        entry.getValue(),
                        PublishedSchema.MONITOR));
    return Stream.concat(
        accepted,
        Stream.of(
            new Example<>(
                "rule/v1-monitor.json",
                Topics.RULES.value(),
                new RuleChange.MonitorPut(monitors.get("share")),
                PublishedSchema.RULE),
            new Example<>(
                "rule/v1-put-shadow.json",
                Topics.RULES.value(),
                new RuleChange.RulePut(
                    new Rule(
                        "try-it",
                        "stories",
                        0,
                        Match.ALL,
                        When.ALWAYS,
                        List.of(new Action.Stop()),
                        Until.NEVER,
                        "ana",
                        true)),
                PublishedSchema.RULE),
            new Example<>(
                "rule/v1-remove-monitor.json",
                Topics.RULES.value(),
                new RuleChange.MonitorRemoved("too-much-fire", "ana"),
                PublishedSchema.RULE),
            new Example<>(
                "monitor-edge/v1-removed.json",
                Topics.MONITOR_EDGES.value(),
                new MonitorEdge(
                    "acme",
                    "too-much-fire/tenant/1700000000000/cleared",
                    1_700_000_000_000L,
                    new RuleChange.RuleRemoved("monitor:too-much-fire", "monitor:too-much-fire")),
                null)));
  }

  private static Map<String, Monitor> all() {
    Map<String, Monitor> all = new TreeMap<>();
    add(
        all,
        "share",
        new Measure.Share(FIRE),
        new MonitorWindow.Hopping(10_000, 1_000),
        new MonitorScope.OfSession(),
        bound(Bound.Side.ABOVE, 0.05, 0.02));
    add(
        all,
        "rate",
        new Measure.Rate(CODES),
        new MonitorWindow.Silence(5_000),
        new MonitorScope.OfRequest(),
        bound(Bound.Side.ABOVE, 4, 1));
    add(all, "absence", new Measure.Absence(CODES), TUMBLING, TENANT, Optional.empty());
    add(
        all,
        "co-firing",
        new Measure.CoFiring(CODES, FIRE),
        TUMBLING,
        new MonitorScope.OfLabel("app"),
        bound(Bound.Side.BELOW, 0.5, 0.75));
    add(
        all,
        "distinct",
        new Measure.Distinct(SITE),
        TUMBLING,
        TENANT,
        bound(Bound.Side.BELOW, 10, 20));
    add(
        all,
        "entropy",
        new Measure.Entropy(SITE),
        TUMBLING,
        TENANT,
        bound(Bound.Side.BELOW, 1.5, 2));
    add(all, "drift", new Measure.Drift(SITE, 2_000, 0.99), TUMBLING, TENANT, Optional.empty());
    ofRequests(all);
    return all;
  }

  private static void ofRequests(Map<String, Monitor> all) {
    add(
        all,
        "stops",
        new Measure.Stops(Optional.of("calm-dragons")),
        TUMBLING,
        TENANT,
        bound(Bound.Side.ABOVE, 0.25, 0.25));
    add(
        all,
        "alerts",
        new Measure.Alerts(Optional.empty()),
        TUMBLING,
        TENANT,
        bound(Bound.Side.ABOVE, 0.25, 0.25));
    add(
        all,
        "divergence",
        new Measure.Divergence(Optional.of("calm-dragons")),
        TUMBLING,
        TENANT,
        bound(Bound.Side.ABOVE, 0.5, 0.25));
    add(
        all,
        "loss",
        new Measure.Loss(Optional.of("calm-dragons"), 25),
        TUMBLING,
        TENANT,
        bound(Bound.Side.ABOVE, 3, 2.5));
  }

  private static Optional<Bound> bound(Bound.Side side, double value, double clear) {
    return Optional.of(new Bound(side, value, clear));
  }

  private static void add(
      Map<String, Monitor> all,
      String id,
      Measure measure,
      MonitorWindow window,
      MonitorScope scope,
      Optional<Bound> bound) {
    all.put(
        id,
        new Monitor(
            id,
            "stories",
            measure,
            window,
            scope,
            bound,
            50,
            5_000,
            Action.Severity.CRITICAL,
            Optional.of("look here"),
            id.equals("share") ? Optional.of(THEN) : Optional.empty(),
            "ana"));
  }
}
