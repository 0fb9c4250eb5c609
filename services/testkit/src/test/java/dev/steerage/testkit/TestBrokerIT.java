package dev.steerage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The broker that tests of other modules are handed.
@WithBroker
@Timeout(60)
class TestBrokerIT {

  @Test
  void shouldMakeTopicsOfDefaultTenant(TestBroker broker) {
    try (var reader = broker.read(Topics.PROMPTS.of(TenantId.DEFAULT))) {
      assertThat(reader.toEnd()).isEmpty();
    }
  }

  @Test
  void shouldReadBackInOrderAfterRestart(TestBroker broker) {
    TenantId tenant = broker.newTenant();
    String topic = Topics.TRAINING.of(tenant).name();
    for (int i = 0; i < 10; i++) {
      broker.send(new ProducerRecord<>(topic, 0, null, bytes("v" + i)));
    }

    broker.restart();

    try (var reader = TopicReader.raw(broker.bootstrap(), topic, true)) {
      List<String> values =
          reader.toEnd().stream()
              .map(record -> new String(record.value(), StandardCharsets.UTF_8))
              .toList();
      assertThat(values).hasSize(10).startsWith("v0").endsWith("v9");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
