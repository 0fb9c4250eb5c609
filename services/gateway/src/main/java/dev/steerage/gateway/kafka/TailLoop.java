package dev.steerage.gateway.kafka;

import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.event.Kind;
import dev.steerage.gateway.event.Tail;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One consumer, on one thread, for all tails: every record is fetched once, however many read it.
final class TailLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TailLoop.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long BACK_OFF_MS = 500;
  private static final long STOP_MS = 5_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final GatewayMetrics metrics;
  private final Thread thread;
  private final List<Tail<?>> tails = new CopyOnWriteArrayList<>();
  private final Queue<Tail<?>> ended = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  // Of the loop thread.
  private final Map<TopicPartition, Tail<?>> assigned = new HashMap<>();
  private volatile boolean working;

  TailLoop(String name, KafkaConsumer<byte[], byte[]> consumer, GatewayMetrics metrics) {
    this.consumer = consumer;
    this.metrics = metrics;
    thread = Thread.ofPlatform().name("gateway-tail-" + name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Reads for these tails from now on.
  void add(List<? extends Tail<?>> more) {
    more.forEach(tail -> tail.onWanted(consumer::wakeup));
    tails.addAll(more);
    consumer.wakeup();
  }

  /// Forgets these tails.
  void remove(List<? extends Tail<?>> some) {
    ended.addAll(some);
    consumer.wakeup();
  }

  /// Whether the last poll succeeded.
  boolean isWorking() {
    return working && thread.isAlive();
  }

  private void run() {
    while (stop.getCount() > 0) {
      try {
        assign();
        if (assigned.isEmpty()) {
          stop.await(POLL.toMillis() / 10, TimeUnit.MILLISECONDS);
        } else {
          hand(consumer.poll(POLL));
        }
        working = true;
      } catch (WakeupException e) {
        // There is something to assign, or the end.
      } catch (InterruptException | InterruptedException e) {
        break;
      } catch (KafkaException e) {
        working = false;
        metrics.tailFailed();
        LOG.atWarn().setCause(e).log("reading from Kafka failed; trying again");
        backOff();
      }
    }
    consumer.close();
  }

  private void backOff() {
    try {
      stop.await(BACK_OFF_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Brings the assignment in line with what is wanted.
  private void assign() {
    for (Tail<?> tail = ended.poll(); tail != null; tail = ended.poll()) {
      tails.remove(tail);
      tail.end();
    }
    List<Tail<?>> fresh = new ArrayList<>();
    Map<TopicPartition, Tail<?>> wanted = new HashMap<>();
    for (Tail<?> tail : tails) {
      if (tail.isWanted()) {
        places(tail).forEach(place -> wanted.put(place, tail));
        if (!tail.isActive()) {
          fresh.add(tail);
        }
      } else if (tail.isActive()) {
        tail.pause();
      }
    }
    if (wanted.keySet().equals(assigned.keySet()) && fresh.isEmpty()) {
      return;
    }
    consumer.assign(wanted.keySet());
    begin(fresh);
    assigned.clear();
    assigned.putAll(wanted);
  }

  private void begin(List<Tail<?>> fresh) {
    Set<TopicPartition> places = new HashSet<>();
    fresh.forEach(tail -> places.addAll(places(tail)));
    Map<TopicPartition, Long> ends = consumer.endOffsets(places);
    Map<TopicPartition, Long> firsts = consumer.beginningOffsets(places);
    for (Tail<?> tail : fresh) {
      long[] from = new long[tail.partitions()];
      long[] past = new long[tail.partitions()];
      for (TopicPartition place : places(tail)) {
        long preload = tail.kind().preload();
        long wished = preload == Kind.ALL ? 0 : ends.get(place) - preload;
        from[place.partition()] = Math.max(firsts.get(place), wished);
        past[place.partition()] = ends.get(place);
        consumer.seek(place, from[place.partition()]);
      }
      tail.begin(from, past);
    }
  }

  private void hand(ConsumerRecords<byte[], byte[]> records) {
    for (TopicPartition place : records.partitions()) {
      Tail<?> tail = assigned.get(place);
      List<ConsumerRecord<byte[], byte[]>> some = records.records(place);
      metrics.records(tail.kind().word(), some.size());
      for (ConsumerRecord<byte[], byte[]> record : some) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        tail.accept(record.partition(), record.offset(), record.timestamp(), key, record.value());
      }
    }
    records
        .nextOffsets()
        .forEach((place, next) -> assigned.get(place).advance(place.partition(), next.offset()));
  }

  private static List<TopicPartition> places(Tail<?> tail) {
    List<TopicPartition> places = new ArrayList<>(tail.partitions());
    for (int p = 0; p < tail.partitions(); p++) {
      places.add(new TopicPartition(tail.topic(), p));
    }
    return places;
  }

  @Override
  public void close() {
    stop.countDown();
    consumer.wakeup();
    try {
      thread.join(STOP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
