package dev.steerage.broker.tenant;

import dev.steerage.broker.BrokerException;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// What a deleted tenant left in Steerage's own compacted topics: admitted prompts, sessions,
/// monitors, quotas. Each of its keys gets a record without value; compaction then takes both away.
///
/// A log is compacted up to its open segment, and a segment is closed by a record that comes when
/// it is old enough. So every partition that still holds something gets one more record each time:
/// called again and again, this ends even where nobody else writes. The last of them names nobody.
final class TenantTraces {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofMillis(100);

  private final Map<String, Object> client;

  TenantTraces(Map<String, ?> client) {
    this.client = new HashMap<>(client);
    this.client.remove("client.id");
  }

  /// Marks everything for erasure.
  ///
  /// @param topics compacted topics whose keys are the tenant's name, or begin with it and a slash
  /// @return records that are still in the log, with a value or without
  int erase(TenantId tenant, Collection<String> topics) {
    Map<String, Object> reading = new HashMap<>(client);
    reading.put("enable.auto.commit", false);
    int left = 0;
    try (var consumer =
            new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var producer = producer()) {
      for (String topic : topics) {
        left += erase(tenant, topic, consumer, producer);
      }
    }
    return left;
  }

  private static int erase(
      TenantId tenant,
      String topic,
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer) {
    List<TopicPartition> all =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    Map<TopicPartition, Long> ends = consumer.endOffsets(all, PATIENCE);
    consumer.assign(all);
    consumer.seekToBeginning(all);
    Map<TopicPartition, Set<String>> keys = new HashMap<>();
    int left = 0;
    Set<TopicPartition> reading = new HashSet<>(all);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      reading.removeIf(partition -> consumer.position(partition, PATIENCE) >= ends.get(partition));
      if (reading.isEmpty()) {
        break;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new BrokerException("topic not read in " + PATIENCE + ": " + topic);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(STEP)) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (key.equals(tenant.name()) || key.startsWith(tenant.name() + "/")) {
          left++;
          keys.computeIfAbsent(new TopicPartition(topic, record.partition()), _ -> new HashSet<>())
              .add(record.value() == null ? Topics.ERASURE : key);
        }
      }
    }
    send(keys, null, producer);
    return left;
  }

  /// Writes a record into each partition, so that a segment that is old enough is closed.
  void close(String key, Collection<TopicPartition> partitions, byte[] value) {
    Map<TopicPartition, Set<String>> keys = new HashMap<>();
    partitions.forEach(partition -> keys.put(partition, Set.of(key)));
    try (var producer = producer()) {
      send(keys, value, producer);
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> writing = new HashMap<>(client);
    writing.put("acks", "all");
    writing.put("max.in.flight.requests.per.connection", 1);
    return new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static void send(
      Map<TopicPartition, Set<String>> keys, byte[] value, KafkaProducer<byte[], byte[]> producer) {
    List<Future<?>> sent = new ArrayList<>();
    keys.forEach(
        (partition, some) ->
            some.forEach(
                key ->
                    sent.add(
                        producer.send(
                            new ProducerRecord<>(
                                partition.topic(),
                                partition.partition(),
                                key.getBytes(StandardCharsets.UTF_8),
                                value)))));
    try {
      for (Future<?> one : sent) {
        one.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      throw new BrokerException("cluster refused: erase records", e.getCause());
    } catch (TimeoutException e) {
      throw new BrokerException("no answer in " + PATIENCE + ": erase records", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted: erase records", e);
    }
  }
}
