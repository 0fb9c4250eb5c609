package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.Client.Event;
import dev.steerage.gateway.Client.Reply;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// Steerage's own routes against a broker, a worker and an index.
@WithBroker
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayIT {
  private Installation installation;

  @BeforeAll
  void start(TestBroker broker) throws InterruptedException {
    installation = new Installation(broker);
  }

  @AfterAll
  void stop() {
    installation.close();
  }

  private Client client() {
    return installation.client();
  }

  /// @return the path of its events
  private String prompt(String fields) {
    Reply reply = client().post("/api/v1/prompts", "{\"model\":\"tokfsm\"," + fields + "}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    return reply.json().get("events").asString();
  }

  private static boolean isEnd(Event event) {
    return event.name().equals("end");
  }

  private static List<Integer> indexes(List<Event> events) {
    List<Integer> indexes = new ArrayList<>();
    for (Event event : events) {
      if (event.name().equals("tokens")) {
        event.json().get("tokens").forEach(token -> indexes.add(token.get("index").asInt()));
      }
    }
    return indexes;
  }

  private static List<String> names(List<Event> events) {
    return events.stream().map(Event::name).distinct().toList();
  }

  @Test
  void shouldStreamTokensAndCodesOfAPrompt() {
    String events = prompt("\"text\":\"4891\",\"maxTokens\":12");

    List<Event> all = client().follow(events + "&include=codes&sites=L0.mlp,L1.mlp", e -> false);

    assertThat(names(all)).contains("started", "tokens", "finished", "codes");
    assertThat(all.getLast().name()).isEqualTo("end");
    assertThat(indexes(all)).isEqualTo(IntStream.range(0, 12).boxed().toList());
    List<Integer> positions = new ArrayList<>();
    for (Event event : all) {
      if (event.name().equals("codes")) {
        JsonNode codes = event.json();
        assertThat(codes.get("sites").toString()).isEqualTo("[\"L0.mlp\",\"L1.mlp\"]");
        codes.get("positions").forEach(p -> positions.add(p.get("position").asInt()));
      }
    }
    // 5 tokens of the prompt, and all tokens but the last are read.
    assertThat(positions).isEqualTo(IntStream.range(0, 16).boxed().toList());
  }

  @Test
  void shouldGoOnExactlyAfterARestart() {
    String events = prompt("\"text\":\"4891\",\"maxTokens\":60,\"pace\":30");
    List<Event> before = client().follow(events, e -> indexes(List.of(e)).contains(8));
    String last = before.getLast().id();

    installation.restartGateway();
    String path = events.replaceAll("\\?.*", "");
    List<Event> after = client().follow(path, GatewayIT::isEnd, "Last-Event-ID", last);

    List<Event> all = new ArrayList<>(before);
    all.addAll(after);
    assertThat(indexes(all)).isEqualTo(IntStream.range(0, 60).boxed().toList());
    assertThat(all.stream().filter(e -> e.name().equals("finished"))).hasSize(1);
    // The whole of it again, by a gateway that only Kafka tells about it.
    assertThat(indexes(client().follow(path, GatewayIT::isEnd)))
        .isEqualTo(IntStream.range(0, 60).boxed().toList());
    // Everything was read: the end comes at once.
    String end = after.getLast().id();
    assertThat(names(client().follow(path, GatewayIT::isEnd, "Last-Event-ID", end)))
        .containsExactly("end");
  }

  @Test
  void shouldRefuseAnEventIdThatIsNoneOrOfAnotherTopic() {
    String path = "/api/v1/events?topics=alerts";
    assertThat(client().get(path, "Last-Event-ID", "nonsense").status()).isEqualTo(400);
    assertThat(client().get(path, "Last-Event-ID", "l@zzzz:0-0").status()).isEqualTo(400);
    assertThat(client().get(path, "Last-Event-ID", "l@0000:0-0").code())
        .isEqualTo("events_expired");
  }

  @Test
  void shouldPublishARuleAndShowWhatItDid() {
    String request = "steered-1";
    String events =
        prompt("\"request\":\"steered-1\",\"text\":\"48\",\"maxTokens\":80,\"pace\":40");
    client().follow(events, e -> e.name().equals("tokens"));

    Reply put =
        client()
            .put(
                "/api/v1/rules/turn",
                "{\"model\":\"tokfsm\",\"match\":{\"request\":\"steered-1\"},"
                    + "\"do\":[{\"activate\":[\"L1.mlp:7\"]}],\"author\":\"ana\"}");
    assertThat(put.status()).as(put.body()).isEqualTo(200);
    long revision = put.json().get("revision").asLong();
    assertThat(put.json().at("/ack/kind").asString()).isEqualTo("accepted");

    List<Event> all = client().follow(events + "&include=acks", GatewayIT::isEnd);
    assertThat(all.stream().filter(e -> e.name().equals("ack")).map(e -> e.json().get("kind")))
        .anySatisfy(kind -> assertThat(kind.asString()).isEqualTo("applied"));
    assertThat(all.getLast().name()).isEqualTo("end");
    JsonNode effects = client().get("/api/v1/rules/turn/effects").json().get("effects");
    assertThat(effects.get(0).get("request").asString()).isEqualTo(request);
    JsonNode entry = client().get("/api/v1/rules/history?rule=turn").json().get("changes").get(0);
    assertThat(entry.get("revision").asLong()).isEqualTo(revision);
    assertThat(entry.get("author").asString()).isEqualTo("ana");
    assertThat(entry.get("outcome").asString()).isEqualTo("accepted");
    assertThat(
            client()
                .get("/api/v1/rules/diff?from=" + (revision - 1) + "&to=" + revision)
                .json()
                .get("added")
                .size())
        .isOne();
    assertThat(client().delete("/api/v1/rules/turn").status()).isEqualTo(200);
    assertThat(client().delete("/api/v1/rules/turn").status()).isEqualTo(404);
    assertThat(client().get("/api/v1/rules?model=tokfsm").json().get("rules").toString())
        .doesNotContain("turn");
    assertThat(client().get("/api/v1/rules?revision=" + revision).json().get("rules").toString())
        .contains("turn");
  }

  @Test
  void shouldRefuseARuleBeforeItIsWritten() {
    String unknown = "{\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L0.mlp:99999\"]}]}";
    Reply reply = client().put("/api/v1/rules/bad", unknown);

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.json().at("/error/problems/0/kind").asString()).isEqualTo("unknown-code");
    assertThat(client().get("/api/v1/rules/history?rule=bad").json().get("changes").size())
        .isZero();
    Reply validation =
        client().post("/api/v1/rules/validate", unknown.replace("{\"m", "{\"rule\":\"x\",\"m"));
    assertThat(validation.json().get("valid").asBoolean()).isFalse();
    assertThat(client().put("/api/v1/rules/bad", "{\"model\":\"none\",\"do\":[]}").status())
        .isBetween(400, 404);
  }

  @Test
  void shouldRefuseMoreRulesThanTheTenantWasGranted() {
    long fromMs = System.currentTimeMillis() + 1_000;
    RuleQuota none = RuleQuota.NONE.then(fromMs, OptionalInt.of(0));
    grant(none);
    String rule = "{\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L0.mlp:9\"]}]}";
    String named = rule.replace("{\"m", "{\"rule\":\"one-more\",\"m");
    awaitVerdict(named, "over-quota");

    Reply put = client().put("/api/v1/rules/one-more", rule);
    assertThat(put.status()).as(put.body()).isEqualTo(403);
    assertThat(put.code()).isEqualTo("over-quota");
    assertThat(put.body()).contains("quota=0");
    // A Kafka client asks nobody; the worker refuses.
    RuleChange change =
        Topics.RULES
            .value()
            .decode(
                named.replace("\"do", "\"author\":\"kafka\",\"do").getBytes(StandardCharsets.UTF_8))
            .value()
            .orElseThrow();
    installation.broker().send(Topics.RULES.of(TenantId.DEFAULT), "one-more", change);
    Await.untilAsserted(
        "the worker's refusal",
        Installation.DEADLINE,
        () ->
            assertThat(client().get("/api/v1/rules/history?rule=one-more").body())
                .contains("\"refusal\":\"over-quota\"")
                .contains("quota=0"));

    grant(none.then(System.currentTimeMillis(), OptionalInt.empty()));
    awaitVerdict(named, "\"valid\":true");
  }

  private void grant(RuleQuota rules) {
    String tenant = TenantId.DEFAULT.name();
    installation.broker().send(Topics.TENANTS, tenant, TenantQuota.none(tenant).withRules(rules));
  }

  private void awaitVerdict(String rule, String part) {
    Await.untilAsserted(
        "the verdict " + part,
        Installation.DEADLINE,
        () -> assertThat(client().post("/api/v1/rules/validate", rule).body()).contains(part));
  }

  @Test
  void shouldChangeARuleOnlyIfItIsAsTheCallerThinks() {
    String rule = "{\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L0.mlp:9\"]}]}";
    Reply first = client().put("/api/v1/rules/mine", rule, "If-Match", "\"-1\"");
    assertThat(first.status()).as(first.body()).isEqualTo(200);
    String revision = first.json().get("revision").toString();

    assertThat(client().put("/api/v1/rules/mine", rule, "If-Match", "\"-1\"").code())
        .isEqualTo("changed");
    assertThat(client().put("/api/v1/rules/mine", rule, "If-Match", revision).status())
        .isEqualTo(200);
  }

  @Test
  void shouldKeepConceptsThatRulesName() {
    String concept = "{\"model\":\"tokfsm\",\"codes\":[\"L0.mlp:3\"]}";
    assertThat(client().put("/api/v1/concepts/fire", concept).status()).isEqualTo(200);
    String rule = "{\"model\":\"tokfsm\",\"do\":[{\"ban\":{\"concept\":\"fire\"}}]}";
    assertThat(client().put("/api/v1/rules/uses-fire", rule).status()).isEqualTo(200);

    assertThat(client().delete("/api/v1/concepts/fire").code()).isEqualTo("in-use");
    assertThat(client().delete("/api/v1/rules/uses-fire").status()).isEqualTo(200);
    assertThat(client().delete("/api/v1/concepts/fire").status()).isEqualTo(200);
    assertThat(client().delete("/api/v1/concepts/fire").status()).isEqualTo(404);
  }

  @Test
  void shouldHoldAMonitorAndTheRulesOfItsEdges() {
    String monitor =
        "{\"model\":\"tokfsm\",\"measure\":{\"share\":[\"L1.mlp:7\"]},"
            + "\"window\":{\"tumblingMs\":60000},\"above\":0.5}";
    String path = "/api/v1/monitors/flood";
    Reply never = client().post(path + "/plan", monitor.replace("0.5", "1.5"));
    assertThat(never.json().get("taken").asBoolean()).as(never.body()).isFalse();
    assertThat(never.json().at("/problems/0/reason").asString()).isEqualTo("contradiction");
    Reply unknown = client().put(path, monitor.replace("mlp:7", "mlp:99999"));
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.json().at("/error/problems/0/kind").asString()).isEqualTo("unknown-code");

    Reply put = client().put(path, monitor);
    assertThat(put.status()).as(put.body()).isEqualTo(200);
    assertThat(put.json().at("/ack/kind").asString()).isEqualTo("accepted");
    // What an edge writes.
    String rule =
        "{\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L1.mlp:7\"]}],\"author\":\"monitor:flood\"}";
    assertThat(client().put("/api/v1/rules/monitor-flood", rule).status()).isEqualTo(200);

    JsonNode held = client().get("/api/v1/monitors?model=tokfsm").json().at("/monitors/0");
    assertThat(held.at("/measure/share/0").asString()).isEqualTo("L1.mlp:7");
    assertThat(held.get("inForce").toString()).isEqualTo("[\"monitor-flood\"]");
    assertThat(client().delete("/api/v1/rules/monitor-flood").status()).isEqualTo(200);
    assertThat(client().delete(path).status()).isEqualTo(200);
    assertThat(client().delete(path).code()).isEqualTo("unknown-monitor");
    assertThat(client().get("/api/v1/monitors").json().get("monitors")).isEmpty();
    JsonNode log = client().get("/api/v1/rules/history?monitor=flood").json().get("changes");
    assertThat(log.at("/0/change/removeMonitor").asString()).isEqualTo("flood");
    assertThat(log.at("/1/change/monitor").asString()).isEqualTo("flood");
  }

  @Test
  void shouldCommandARunningRequestOnly() {
    String events = prompt("\"request\":\"stopped\",\"text\":\"48\",\"maxTokens\":100,\"pace\":10");
    client().follow(events, e -> e.name().equals("tokens"));
    String path = "/api/v1/prompts/stopped/commands";

    assertThat(client().post(path, "{\"kind\":\"stop\"}").status()).isEqualTo(200);

    List<Event> all = client().follow(events, GatewayIT::isEnd);
    assertThat(all.get(all.size() - 2).json().get("reason").asString()).isEqualTo("stop");
    assertThat(client().post(path, "{\"kind\":\"stop\"}").code()).isEqualTo("not_running");
    assertThat(client().post(path.replace("stopped", "absent"), "{\"kind\":\"stop\"}").status())
        .isEqualTo(404);
    assertThat(
            client()
                .post(
                    "/api/v1/prompts",
                    "{\"request\":\"stopped\",\"model\":\"tokfsm\"," + "\"text\":\"1\"}")
                .code())
        .isEqualTo("id-conflict");
  }

  @Test
  void shouldTellWhatTheIndexKnows() {
    client().follow(prompt("\"text\":\"4891\",\"maxTokens\":20"), GatewayIT::isEnd);
    Await.untilAsserted(
        "firings in the index",
        Installation.DEADLINE,
        () ->
            assertThat(client().get("/api/v1/models/tokfsm/codes?site=L0.mlp").json().get("codes"))
                .isNotEmpty());

    JsonNode top = client().get("/api/v1/models/tokfsm/codes?site=L0.mlp&limit=1").json();
    String code = top.at("/codes/0/code").asString();
    JsonNode page = client().get("/api/v1/models/tokfsm/codes/" + code).json();
    assertThat(page.get("firings").asLong()).isPositive();
    assertThat(page.get("contexts").size()).isPositive();
    assertThat(client().get("/api/v1/models/tokfsm/codes?site=L99.mlp").status()).isEqualTo(404);
    assertThat(client().get("/api/v1/index").json().get("caughtUp").asBoolean()).isTrue();
  }

  @Test
  void shouldWriteLabelsAsAnyClientDoes() {
    String path = "/api/v1/models/tokfsm/codes/L0.mlp:3/label";
    Reply put = client().put(path, "{\"label\":\"digit <4>\",\"author\":\"ana\"}");
    assertThat(put.status()).as(put.body()).isEqualTo(200);
    assertThat(client().delete(path).status()).isEqualTo(204);
    assertThat(client().put(path.replace(":3", ":99999"), "{\"label\":\"x\"}").status())
        .isEqualTo(404);

    try (var labels = installation.broker().read(Topics.LABELS.of(TenantId.DEFAULT))) {
      assertThat(labels.toEnd())
          .extracting(record -> record.value().text())
          .containsExactly("digit <4>", "");
    }
  }

  @Test
  void shouldGiveWindowsLiveAndPast() {
    long start = System.currentTimeMillis() - 20_000;
    for (int i = 0; i < 2; i++) {
      var window =
          new CodeStatistics(
              "tokfsm",
              "L0.mlp",
              10_000,
              start + i * 10_000L,
              true,
              5,
              5,
              0,
              10,
              2,
              1.5,
              0.8,
              0,
              List.of(new CodeStatistics.CodeCount(3, 4), new CodeStatistics.CodeCount(1, 1)));
      installation
          .broker()
          .send(
              Topics.CODE_STATISTICS.of(TenantId.DEFAULT),
              Topics.statisticsKey("tokfsm", "L0.mlp", 10_000, window.windowStartMs()),
              window);
    }
    Await.untilAsserted(
        "the newest window",
        Installation.DEADLINE,
        () ->
            assertThat(
                    client()
                        .get("/api/v1/statistics?model=tokfsm&site=L0.mlp")
                        .json()
                        .at("/windows/0/windowStartMs")
                        .asLong())
                .isEqualTo(start + 10_000));

    JsonNode past = client().get("/api/v1/statistics/history?model=tokfsm&top=1").json();
    assertThat(past.get("windows").size()).isEqualTo(2);
    assertThat(past.at("/windows/0/top").size()).isOne();
  }

  @Test
  void shouldFollowManyTopicsInOneStream() throws InterruptedException {
    var seen = new ArrayList<Event>();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () ->
                    seen.addAll(
                        client()
                            .follow(
                                "/api/v1/events?topics=rules,acks,completions",
                                e -> e.name().equals("finished"))));
    Await.until(
        "the stream",
        Installation.DEADLINE,
        () -> client().get("/metrics").body().contains("steerage_gateway_open_streams 1.0"));
    client().put("/api/v1/rules/seen", "{\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L0.mlp:9\"]}]}");
    prompt("\"text\":\"48\",\"maxTokens\":3");
    reader.join(Installation.DEADLINE);

    assertThat(names(seen)).contains("rule", "ack", "started", "tokens", "finished");
  }

  @Test
  void shouldRememberAndListRequests() {
    client()
        .follow(prompt("\"request\":\"listed\",\"text\":\"48\",\"maxTokens\":3"), e -> isEnd(e));

    assertThat(client().get("/api/v1/prompts?limit=1000").body()).contains("\"listed\"");
    JsonNode events = client().get("/api/v1/prompts/listed").json().get("events");
    assertThat(events.get(events.size() - 1).get("type").asString()).isEqualTo("finished");
    assertThat(client().get("/api/v1/prompts/absent").status()).isEqualTo(404);
  }

  @Test
  void shouldFindARequestOfAPlainKafkaClient() {
    var finished =
        new Completion.Finished(
            "plain-client", Completion.Reason.CANCELLED, Optional.empty(), Optional.empty(), 0, 0);
    installation.broker().send(Topics.COMPLETIONS.of(TenantId.DEFAULT), "plain-client", finished);
    installation.restartGateway();

    List<Event> events = client().follow("/api/v1/prompts/plain-client/events", e -> isEnd(e));

    assertThat(names(events)).containsExactly("finished", "end");
  }
}
