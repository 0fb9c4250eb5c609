package dev.steerage.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.TopicSettings.Cleanup;
import dev.steerage.schemas.topic.TopicSettings.Role;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private static final TenantId ACME = new TenantId("acme");

  @Test
  void shouldFindTheTenantInATopicName() {
    assertThat(Topics.PROMPTS.of(ACME).name()).isEqualTo("steerage.acme.prompts");
    assertThat(Topics.PROMPTS.tenantOf("steerage.acme.prompts")).contains(ACME);
    assertThat(Topics.PROMPTS.tenantOf("steerage.acme.rules")).isEmpty();
    assertThat(Topics.PROMPTS.tenantOf("steerage.acme.prompts.old")).isEmpty();
    assertThat(Topics.PROMPTS.tenantOf("steerage.a.b.prompts")).isEmpty();
    assertThat(Topics.PROMPTS.tenantOf("steerage-internal.prompts")).isEmpty();
  }

  @Test
  void shouldKeepTheRuleLogForEverInOnePartition() {
    TopicSettings rules = Topics.RULES.settings();
    assertThat(rules.partitions()).isOne();
    assertThat(rules.cleanup()).isEqualTo(Cleanup.NONE);
    assertThat(rules.configuration())
        .containsEntry("retention.ms", "-1")
        .containsEntry("retention.bytes", "-1")
        .containsEntry("cleanup.policy", "delete");
  }

  @Test
  void shouldStampEveryRecordWithTheBrokersTime() {
    all()
        .forEach(
            settings ->
                assertThat(settings.configuration())
                    .containsEntry("message.timestamp.type", "LogAppendTime"));
  }

  @Test
  void shouldLetNobodyButServicesWriteWhatServicesSay() {
    assertThat(
            Topics.ofTenant().stream()
                .filter(topic -> !topic.settings().writers().contains(Role.SERVICE))
                .map(TenantTopic::suffix))
        .containsExactly("prompts", "commands", "labels");
    assertThat(Topics.platform())
        .allMatch(topic -> topic.settings().writers().equals(Set.of(Role.SERVICE)));
  }

  @Test
  void shouldLetEveryDeadLetterFit() {
    int largest =
        all()
            .filter(
                settings ->
                    settings.writers().contains(Role.APP)
                        || settings.writers().contains(Role.POLICY))
            .mapToInt(TopicSettings::maxRecordBytes)
            .max()
            .orElseThrow();
    assertThat(Topics.DEAD_LETTERS.settings().maxRecordBytes()).isGreaterThan(largest);
  }

  @Test
  void shouldRefuseAModelThatCannotBePartOfATopicName() {
    assertThat(Topics.work("tok-fsm.2").name()).isEqualTo("steerage-internal.work.tok-fsm.2");
    assertThat(Topics.modelOfWork("steerage-internal.work.tok-fsm.2")).contains("tok-fsm.2");
    assertThat(Topics.modelOfWork("steerage-internal.activations")).isEmpty();
    assertThatThrownBy(() -> Topics.work("a/b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Topics.work("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldKeepASessionInThePartitionOfItsTurns() {
    assertThat(Topics.sessions("m").settings().partitions())
        .isEqualTo(Topics.work("m").settings().partitions());
    assertThat(Topics.sessions("m").settings().configuration())
        .containsEntry("cleanup.policy", "compact,delete")
        .containsEntry("retention.ms", Long.toString(Topics.SESSION_RETENTION.toMillis()));
  }

  @Test
  void shouldCarryTraceAndReplyHeadersOnly() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", new byte[] {1});
    headers.add("correlation-id", new byte[] {2});
    headers.add("authorization", new byte[] {3});
    headers.add("tracestate", new byte[5_000]);
    assertThat(CarriedHeaders.carry(headers))
        .extracting(header -> header.key())
        .containsExactly("traceparent", "correlation-id");
  }

  @Test
  void shouldHonourAReplyPartitionThatExists() {
    RecordHeaders headers = new RecordHeaders();
    assertThat(CarriedHeaders.replyPartition(headers, 4)).isEmpty();
    headers.add("kafka_replyPartition", ByteBuffer.allocate(4).putInt(3).array());
    assertThat(CarriedHeaders.replyPartition(headers, 4)).contains(3);
    assertThat(CarriedHeaders.replyPartition(headers, 3)).isEmpty();
    headers.add("kafka_replyPartition", new byte[] {3});
    assertThat(CarriedHeaders.replyPartition(headers, 4)).isEmpty();
  }

  private static Stream<TopicSettings> all() {
    return Stream.concat(
        Topics.ofTenant().stream().map(TenantTopic::settings),
        Stream.concat(
            Topics.platform().stream().map(Topic::settings),
            Topics.ofModel("m").stream().map(Topic::settings)));
  }
}
