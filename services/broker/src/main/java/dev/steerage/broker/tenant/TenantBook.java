package dev.steerage.broker.tenant;

import dev.steerage.broker.BrokerException;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What tenants may use, as admission and workers read it: [Topics#TENANTS].
final class TenantBook implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration STEP = Duration.ofMillis(50);
  // Workers look twice a second; the rest is for clocks that differ.
  private static final long HEARD_MS = 30_000;

  private final Map<String, Object> client;
  private final TopicPartition partition = new TopicPartition(Topics.TENANTS.name(), 0);
  private Optional<Producer<String, byte[]>> producer = Optional.empty();
  private Optional<Map<String, TenantQuota>> known = Optional.empty();

  TenantBook(Map<String, ?> client) {
    this.client = new HashMap<>(client);
    this.client.remove("client.id");
  }

  /// Writes what is new. Another number of rules holds from soon on, when everybody has heard of
  /// it: what was judged by the former one stays so.
  ///
  /// @return whether it was
  boolean put(TenantQuota wanted) {
    TenantQuota before = known().get(wanted.tenant());
    TenantQuota quota =
        before == null
            ? wanted
            : wanted.withRules(
                before
                    .rules()
                    .then(System.currentTimeMillis() + HEARD_MS, wanted.rules().newest()));
    if (quota.equals(before)) {
      return false;
    }
    send(quota.tenant(), Topics.TENANTS.value().encode(quota));
    known().put(quota.tenant(), quota);
    return true;
  }

  /// Forgets a deleted tenant.
  void remove(TenantId tenant) {
    send(tenant.name(), null);
    known().remove(tenant.name());
  }

  private Map<String, TenantQuota> known() {
    if (known.isEmpty()) {
      known = Optional.of(read());
    }
    return known.get();
  }

  private Map<String, TenantQuota> read() {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    Map<String, TenantQuota> found = new HashMap<>();
    try (KafkaConsumer<String, Decoded<TenantQuota>> consumer =
        new KafkaConsumer<>(
            properties, new StringDeserializer(), Topics.TENANTS.value().reader())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition), PATIENCE).get(partition);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (consumer.position(partition, PATIENCE) < end) {
        if (System.nanoTime() - deadline > 0) {
          throw new BrokerException("topic not read in " + PATIENCE + ": " + partition.topic());
        }
        for (ConsumerRecord<String, Decoded<TenantQuota>> record : consumer.poll(STEP)) {
          found.remove(record.key());
          Optional.ofNullable(record.value())
              .flatMap(Decoded::value)
              .ifPresent(quota -> found.put(record.key(), quota));
        }
      }
    }
    return found;
  }

  private void send(String key, byte[] value) {
    if (producer.isEmpty()) {
      Map<String, Object> properties = new HashMap<>(client);
      properties.put("acks", "all");
      properties.put("linger.ms", 0);
      // Idempotent writes with several requests in flight can lose records on a brand-new topic
      // (KAFKA-15591).
      properties.put("max.in.flight.requests.per.connection", 1);
      producer =
          Optional.of(
              new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer()));
    }
    try {
      producer
          .get()
          .send(new ProducerRecord<>(partition.topic(), key, value))
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new BrokerException("record not taken: topic=" + partition.topic(), e.getCause());
    } catch (TimeoutException e) {
      throw new BrokerException("no answer in " + PATIENCE + ": " + partition.topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted: " + partition.topic(), e);
    }
  }

  @Override
  public void close() {
    producer.ifPresent(open -> open.close(Duration.ofSeconds(5)));
  }
}
