package dev.steerage.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.TopicSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class ProvisionerTest {

  @Test
  void shouldAskForNoMoreThanAControllerTakesAtOnce() {
    Map<String, TopicSettings> wanted = new LinkedHashMap<>();
    DesiredTopics.of(
            IntStream.range(0, 100).mapToObj(i -> new TenantId("t" + i)).toList(), List.of("m"))
        .forEach(topic -> wanted.put(topic.name(), topic.settings()));

    List<Map<String, TopicSettings>> parts = Provisioner.parts(wanted);

    assertThat(parts)
        .hasSizeGreaterThan(1)
        .allSatisfy(part -> assertThat(records(part)).isLessThanOrEqualTo(2_000));
    assertThat(parts.stream().flatMap(part -> part.keySet().stream()))
        .containsExactlyElementsOf(wanted.keySet());
  }

  private static int records(Map<String, TopicSettings> part) {
    return part.values().stream()
        .mapToInt(topic -> 1 + topic.partitions() + topic.configuration().size())
        .sum();
  }

  @Test
  void shouldSayWhyTheClusterRefused() {
    var refused = new KafkaFutureImpl<Void>();
    refused.completeExceptionally(new PolicyViolationException("too large"));

    assertThatThrownBy(() -> AdminAnswer.await("create topic a", refused))
        .isInstanceOf(BrokerException.class)
        .hasMessage("cluster refused: create topic a: PolicyViolationException: too large");
  }
}
