package dev.steerage.statistics.kafka;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.MonitorMetrics;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.TenantTopics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what edges ask for to the rule logs, in no transaction: a transaction that is open would
/// hold back every reader of the log, and so a person's rule.
///
/// Each change is written once. Edges below the committed offset are written; those from there to
/// the end, as it is when a partition is assigned, may be: they are looked for in the log, by the
/// header that names the edge, before they are written again.
final class EdgePublisher implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgePublisher.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final int DELIVERY_MS = 10_000;
  private static final int FAILURES_MAX = 20;

  private final KafkaConsumer<byte[], byte[]> edges;
  private final KafkaProducer<byte[], byte[]> producer;
  private final WrittenEdges written;
  private final TenantTopics tenants;
  private final MonitorMetrics metrics;
  private final Thread thread;
  // Where an edge may have been written by whoever had the partition before.
  private final Map<TopicPartition, Long> doubtful = new HashMap<>();
  private volatile boolean closed;
  private volatile boolean over;

  EdgePublisher(StatisticsConfig config, TenantTopics tenants, MonitorMetrics metrics) {
    this.tenants = tenants;
    this.metrics = metrics;
    edges = consumer(config, config.applicationId() + "-edges");
    written = new WrittenEdges(consumer(config, null));
    producer = producer(config);
    thread = Thread.ofPlatform().name("statistics-edges").unstarted(this);
  }

  void start() {
    edges.subscribe(List.of(Topics.MONITOR_EDGES.name()), new Assignments());
    thread.start();
  }

  boolean isOver() {
    return over;
  }

  private static KafkaConsumer<byte[], byte[]> consumer(StatisticsConfig config, String group) {
    Map<String, Object> properties = new HashMap<>(config.client());
    properties.put("bootstrap.servers", config.bootstrap());
    if (group != null) {
      properties.put("group.id", group);
      properties.put("session.timeout.ms", (int) config.sessionTimeout().toMillis());
      properties.put(
          "heartbeat.interval.ms", (int) Math.max(1, config.sessionTimeout().toMillis() / 6));
    }
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", false);
    properties.put("allow.auto.create.topics", false);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static KafkaProducer<byte[], byte[]> producer(StatisticsConfig config) {
    Map<String, Object> properties = new HashMap<>(config.client());
    properties.put("bootstrap.servers", config.bootstrap());
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.put("linger.ms", 0);
    properties.put("request.timeout.ms", DELIVERY_MS / 2);
    properties.put("delivery.timeout.ms", DELIVERY_MS);
    properties.put("max.block.ms", DELIVERY_MS);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void run() {
    int failures = 0;
    try {
      while (!closed) {
        try {
          publish(edges.poll(POLL));
          failures = 0;
        } catch (WakeupException e) {
          // The end.
          break;
        } catch (KafkaException e) {
          if (++failures > FAILURES_MAX) {
            throw e;
          }
          LOG.atWarn().addKeyValue("cause", e.toString()).log("edges not written yet");
          rewind();
        }
      }
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("edges are not written any more");
    } finally {
      over = !closed;
      edges.close(CloseOptions.timeout(CLOSE));
      written.close();
      producer.close(CLOSE);
    }
  }

  /// What is not committed is read again, and may have been written.
  private void rewind() {
    for (TopicPartition partition : edges.assignment()) {
      doubt(partition);
    }
    edges
        .committed(edges.assignment())
        .forEach(
            (partition, offset) -> {
              if (offset == null) {
                edges.seekToBeginning(List.of(partition));
              } else {
                edges.seek(partition, offset);
              }
            });
  }

  private void doubt(TopicPartition partition) {
    doubtful.put(partition, edges.endOffsets(List.of(partition)).get(partition));
  }

  private void publish(ConsumerRecords<byte[], byte[]> records) {
    List<Future<?>> sent = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() == null || record.value().length == 0) {
        // Closes a segment, when a tenant is erased.
        continue;
      }
      if (Topics.MONITOR_EDGES.value().decode(record.value())
          instanceof Decoded.Ok<MonitorEdge> ok) {
        publish(record, ok.get(), sent);
      } else {
        LOG.atError().addKeyValue("offset", record.offset()).log("edge skipped: unreadable");
      }
    }
    for (Future<?> future : sent) {
      await(future);
    }
    if (!records.isEmpty()) {
      edges.commitSync();
    }
  }

  private void publish(
      ConsumerRecord<byte[], byte[]> record, MonitorEdge edge, List<Future<?>> sent) {
    TenantId tenant = new TenantId(edge.tenant());
    if (!tenants.exist(tenant)) {
      metrics.unpublished();
      return;
    }
    long doubtfulEnd =
        doubtful.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    if (record.offset() < doubtfulEnd && written.has(tenant, edge)) {
      metrics.repeated();
      return;
    }
    ProducerRecord<byte[], byte[]> change =
        new ProducerRecord<>(
            Topics.RULES.of(tenant).name(),
            0,
            subject(edge.change()).getBytes(StandardCharsets.UTF_8),
            Topics.RULES.value().encode(edge.change()));
    change.headers().add(MonitorEdge.HEADER, edge.edge().getBytes(StandardCharsets.UTF_8));
    sent.add(
        producer.send(
            change,
            (_, failure) -> {
              if (failure == null) {
                metrics.published(Math.max(0, System.currentTimeMillis() - edge.atMs()) / 1_000.0);
              }
            }));
  }

  private static String subject(RuleChange change) {
    return switch (change) {
      case RuleChange.RulePut put -> put.rule().id();
      case RuleChange.RuleRemoved removed -> removed.rule();
      case RuleChange.ConceptPut put -> put.concept();
      case RuleChange.ConceptRemoved removed -> removed.concept();
      case RuleChange.MonitorPut put -> put.monitor().id();
      case RuleChange.MonitorRemoved removed -> removed.monitor();
    };
  }

  private static void await(Future<?> future) {
    try {
      future.get();
    } catch (ExecutionException e) {
      throw new KafkaException("rule change not written", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    edges.wakeup();
    try {
      thread.join(CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Notes what a predecessor may have written.
  private final class Assignments implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      partitions.forEach(EdgePublisher.this::doubt);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      partitions.forEach(doubtful::remove);
    }
  }
}
