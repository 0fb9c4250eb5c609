package dev.steerage.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.message.Observation;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.kafka.MonitorStreams;
import dev.steerage.statistics.kafka.Observations;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Monitors on a real broker: one rule for one edge, also when nobody knows whether it was written.
@WithBroker
@Timeout(120)
class MonitorIT {
  private static final Duration LONG = Duration.ofSeconds(40);

  @Test
  void shouldWriteTheRuleOfAnEdgeOnceAndGoOnWhereItWas(TestBroker broker) throws Exception {
    TenantId tenant = broker.newTenant();
    try (var folder = ScratchFolder.create();
        var rules = broker.read(Topics.RULES.of(tenant));
        var alerts = broker.read(Topics.ALERTS.of(tenant))) {
      StatisticsConfig config =
          StatisticsConfig.of(broker.bootstrap(), folder.path())
              .withApplicationId("monitors-" + tenant);
      MonitorMetrics first = metrics();
      try (var monitors = MonitorStreams.start(config, first)) {
        monitors.awaitRunning();
        put(broker, tenant);
        see(broker, tenant, "r1", 7, 7);
        var raised = rules.await("the rule", LONG, record -> true);
        assertThat(raised.value()).isInstanceOf(RuleChange.RulePut.class);
        assertThat(raised.headers().lastHeader(MonitorEdge.HEADER)).isNotNull();
        assertThat(raised.value().author()).isEqualTo("monitor:a");
        alerts.await("the alert", LONG, record -> record.value().kind().equals("monitor"));
        Await.until("the edge", LONG, () -> first.publishedChanges() == 1);
      }
      // As after a crash between the record in the log and the offset of the edge.
      forgetOffsets(broker, config.applicationId() + "-edges");

      MonitorMetrics second = metrics();
      try (var monitors = MonitorStreams.start(config, second)) {
        monitors.awaitRunning();
        Await.until("the edge again", LONG, () -> second.repeatedChanges() == 1);
        // The state was restored: r1 is raised, and its end takes the rule away.
        finish(broker, tenant, "r1");
        rules.await("the end", LONG, record -> record.value() instanceof RuleChange.RuleRemoved);
      }
      assertThat(rules.toEnd()).hasSize(2);
    }
  }

  private static MonitorMetrics metrics() {
    return new MonitorMetrics(new PrometheusRegistry());
  }

  private static void forgetOffsets(TestBroker broker, String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      Map<TopicPartition, OffsetAndMetadata> begin =
          new TreeMap<>(java.util.Comparator.comparing(TopicPartition::toString));
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .keySet()
          .forEach(partition -> begin.put(partition, new OffsetAndMetadata(0)));
      assertThat(begin).isNotEmpty();
      admin.alterConsumerGroupOffsets(group, begin).all().get();
    }
  }

  private static void put(TestBroker broker, TenantId tenant) {
    String json =
        """
        {"monitor":"a","model":"m","measure":{"share":["L0.mlp:7"]},"window":{"tumblingMs":1000},
         "scope":"request","above":0.4,"support":1,"coolDownMs":1000,
         "then":{"do":[{"ban":["L0.mlp:7"]}]},"author":"ana"}
        """;
    Monitor monitor =
        Topics.MONITORS.value().decode(json.getBytes(StandardCharsets.UTF_8)).value().orElseThrow();
    broker.send(
        new ProducerRecord<>(
            Topics.MONITORS.name(),
            Topics.monitorPartition(tenant),
            bytes(Topics.monitorKey(tenant, "a")),
            Topics.MONITORS.value().encode(monitor)));
  }

  private static void see(TestBroker broker, TenantId tenant, String request, int... codes) {
    broker.send(observation(tenant, Observations.of(tenant.name(), request, 0, codes)));
  }

  private static void finish(TestBroker broker, TenantId tenant, String request) {
    var record = observation(tenant, new byte[0]);
    record.headers().add(Observation.FINISHED, bytes(request));
    broker.send(record);
  }

  private static ProducerRecord<byte[], byte[]> observation(TenantId tenant, byte[] value) {
    return new ProducerRecord<>(
        Topics.OBSERVATIONS.name(), Topics.monitorPartition(tenant), bytes(tenant.name()), value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
