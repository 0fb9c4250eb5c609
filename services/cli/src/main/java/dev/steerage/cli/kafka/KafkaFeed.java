package dev.steerage.cli.kafka;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.Feed;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// All partitions of one topic, outside any group.
final class KafkaFeed<V> implements Feed<V> {
  private final Topic<String, V> topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;

  KafkaFeed(Map<String, Object> client, Topic<String, V> topic, From from) {
    this.topic = topic;
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("fetch.max.wait.ms", 100);
    settings.put("allow.auto.create.topics", false);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(topic.name(), info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new CliException(ExitCode.UNREACHABLE, "no such topic: " + topic.name());
      }
      consumer.assign(partitions);
      ends = consumer.endOffsets(partitions);
      switch (from) {
        case START -> consumer.seekToBeginning(partitions);
        case NOW -> ends.forEach(consumer::seek);
      }
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  @Override
  public List<Event<V>> poll(Duration timeout) {
    List<Event<V>> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
      events.add(event(record));
    }
    return events;
  }

  private Event<V> event(ConsumerRecord<byte[], byte[]> record) {
    byte[] raw = record.value() == null ? new byte[0] : record.value();
    Decoded<V> value =
        record.value() == null
            ? Decoded.bad(Refusal.MALFORMED, "no value")
            : topic.value().decode(record.value());
    return new Event<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
        value,
        raw);
  }

  @Override
  public boolean isCaughtUp() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
