package dev.steerage.gateway.kafka;

import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.event.LogReader;
import dev.steerage.gateway.http.HttpError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Old records by a fixed number of consumers; who finds none free waits, at last in vain.
final class KafkaLogReader implements LogReader, AutoCloseable {
  private static final long WAIT_S = 10;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long READ_NS = TimeUnit.SECONDS.toNanos(10);

  private final BlockingQueue<Place> places = new LinkedBlockingQueue<>();
  private final Supplier<KafkaConsumer<byte[], byte[]>> make;
  private final GatewayMetrics metrics;
  private final int limit;

  KafkaLogReader(int limit, Supplier<KafkaConsumer<byte[], byte[]>> make, GatewayMetrics metrics) {
    this.limit = limit;
    this.make = make;
    this.metrics = metrics;
    for (int i = 0; i < limit; i++) {
      places.add(new Place());
    }
  }

  /// One consumer, made when it is first needed.
  private static final class Place {
    private KafkaConsumer<byte[], byte[]> consumer;
  }

  @Override
  public Batch read(String topic, int partition, long from, long until) {
    return with(topic, partition, consumer -> read(consumer, topic, partition, from, until));
  }

  private static Batch read(
      KafkaConsumer<byte[], byte[]> consumer, String topic, int partition, long from, long until) {
    var place = new TopicPartition(topic, partition);
    consumer.assign(List.of(place));
    consumer.seek(place, from);
    long end = System.nanoTime() + READ_NS;
    while (true) {
      List<ConsumerRecord<byte[], byte[]>> some = consumer.poll(POLL).records(place);
      long next = consumer.position(place);
      if (!some.isEmpty() || next >= until) {
        return new Batch(raw(some), next);
      }
      if (System.nanoTime() - end > 0) {
        throw HttpError.unavailable(
            "kafka_unavailable", "no old records came: topic=" + topic + ", offset=" + next, 1);
      }
    }
  }

  private static List<Raw> raw(List<ConsumerRecord<byte[], byte[]>> records) {
    List<Raw> raw = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
      raw.add(new Raw(record.offset(), record.timestamp(), key, record.value()));
    }
    return raw;
  }

  @Override
  public long first(String topic, int partition) {
    var place = new TopicPartition(topic, partition);
    return with(topic, partition, consumer -> consumer.beginningOffsets(List.of(place)).get(place));
  }

  @Override
  public long end(String topic, int partition) {
    var place = new TopicPartition(topic, partition);
    return with(
        topic,
        partition,
        consumer -> {
          // The client warns about what it learns of partitions that it does not read.
          consumer.assign(List.of(place));
          return consumer.endOffsets(List.of(place)).get(place);
        });
  }

  @Override
  public OptionalLong at(String topic, int partition, long timeMs) {
    var place = new TopicPartition(topic, partition);
    return with(
        topic,
        partition,
        consumer -> {
          consumer.assign(List.of(place));
          var found = consumer.offsetsForTimes(Map.of(place, timeMs)).get(place);
          return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
        });
  }

  private <T> T with(String topic, int partition, Function<KafkaConsumer<byte[], byte[]>, T> work) {
    Place place = take();
    boolean sound = false;
    try {
      if (place.consumer == null) {
        place.consumer = make.get();
      }
      T result = work.apply(place.consumer);
      sound = true;
      return result;
    } catch (KafkaException e) {
      throw HttpError.unavailable(
          "kafka_unavailable", "cannot read topic=" + topic + ", partition=" + partition, 1);
    } finally {
      if (!sound && place.consumer != null) {
        place.consumer.close();
        place.consumer = null;
      }
      places.add(place);
    }
  }

  private Place take() {
    long start = System.nanoTime();
    try {
      Place place = places.poll(WAIT_S, TimeUnit.SECONDS);
      if (place != null) {
        metrics.catchUp(System.nanoTime() - start);
        return place;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw HttpError.unavailable("busy", "readers of old records: limit=" + limit, 2);
  }

  @Override
  public void close() {
    for (int i = 0; i < limit; i++) {
      Place place = places.poll();
      if (place != null && place.consumer != null) {
        place.consumer.close();
      }
    }
  }
}
