package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.decision.Quotas;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The quotas topic as a map. For one thread.
final class AnnouncedQuotas implements Quotas, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration STEP = Duration.ofMillis(10);
  private static final Duration REFRESH = Duration.ofMillis(500);

  private final KafkaConsumer<String, Decoded<TenantQuota>> consumer;
  private final TopicPartition partition = new TopicPartition(Topics.TENANTS.name(), 0);
  private final Map<String, TenantQuota> quotas = new HashMap<>();
  private long refreshedNs = System.nanoTime();

  AnnouncedQuotas(AdmissionConfig config) {
    consumer =
        new KafkaConsumer<>(
            ClientProperties.reader(config),
            new StringDeserializer(),
            Topics.TENANTS.value().reader());
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    long end = consumer.endOffsets(List.of(partition), PATIENCE).get(partition);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(partition, PATIENCE) < end) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("quotas: end=" + end + " not read in " + PATIENCE);
      }
      consumer.poll(STEP).forEach(this::take);
    }
  }

  @Override
  public TenantQuota of(TenantId tenant) {
    TenantQuota known = quotas.get(tenant.name());
    return known == null ? TenantQuota.none(tenant.name()) : known;
  }

  /// Takes what has arrived, without waiting; seldom.
  void refresh() {
    long now = System.nanoTime();
    if (now - refreshedNs > REFRESH.toNanos()) {
      refreshedNs = now;
      consumer.poll(Duration.ZERO).forEach(this::take);
    }
  }

  private void take(ConsumerRecord<String, Decoded<TenantQuota>> record) {
    quotas.remove(record.key());
    Optional.ofNullable(record.value())
        .flatMap(Decoded::value)
        .ifPresent(quota -> quotas.put(record.key(), quota));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
