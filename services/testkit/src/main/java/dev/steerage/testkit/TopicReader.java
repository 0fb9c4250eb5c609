package dev.steerage.testkit;

import dev.steerage.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/// Reads every record of one topic from the first on, outside any group, and remembers them.
///
/// For one thread.
public final class TopicReader<K, V> implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration TO_END = Duration.ofSeconds(30);

  private final KafkaConsumer<K, V> consumer;
  private final String topic;
  private final List<TopicPartition> partitions;
  private final List<ConsumerRecord<K, V>> records = new ArrayList<>();

  private TopicReader(
      String bootstrap,
      String topic,
      String isolation,
      Deserializer<K> key,
      Deserializer<V> value) {
    this.topic = topic;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                isolation,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "fetch.max.wait.ms",
                20),
            key,
            value);
    partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /// Sees what users see: committed records only.
  public static <K, V> TopicReader<K, V> committed(String bootstrap, Topic<K, V> topic) {
    return new TopicReader<>(
        bootstrap,
        topic.name(),
        "read_committed",
        topic.key().deserializer(),
        topic.value().deserializer());
  }

  /// Sees aborted records and open transactions too.
  public static <K, V> TopicReader<K, V> uncommitted(String bootstrap, Topic<K, V> topic) {
    return new TopicReader<>(
        bootstrap,
        topic.name(),
        "read_uncommitted",
        topic.key().deserializer(),
        topic.value().deserializer());
  }

  /// The bytes of a topic, whatever they mean.
  public static TopicReader<byte[], byte[]> raw(String bootstrap, String topic, boolean committed) {
    return new TopicReader<>(
        bootstrap,
        topic,
        committed ? "read_committed" : "read_uncommitted",
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /// Everything up to the end that the topic has now; with earlier calls' records.
  public List<ConsumerRecord<K, V>> toEnd() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Await.until(
        "the end of " + topic,
        TO_END,
        () -> {
          poll();
          return ends.entrySet().stream()
              .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        });
    return List.copyOf(records);
  }

  /// Waits for a record; returns the first that matches, old ones included.
  public ConsumerRecord<K, V> await(
      String what, Duration deadline, Predicate<ConsumerRecord<K, V>> matches) {
    return Await.value(
        what + " on " + topic,
        deadline,
        () -> {
          Optional<ConsumerRecord<K, V>> found = records.stream().filter(matches).findFirst();
          if (found.isEmpty()) {
            poll();
            found = records.stream().filter(matches).findFirst();
          }
          return found;
        });
  }

  /// Waits until that many records match; returns all matches so far.
  public List<ConsumerRecord<K, V>> awaitCount(
      String what, Duration deadline, int count, Predicate<ConsumerRecord<K, V>> matches) {
    Await.until(
        count + " x " + what + " on " + topic,
        deadline,
        () -> {
          poll();
          return records.stream().filter(matches).count() >= count;
        });
    return records.stream().filter(matches).toList();
  }

  private void poll() {
    consumer.poll(POLL).forEach(records::add);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
