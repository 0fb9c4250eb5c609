package dev.steerage.gateway.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.GatewayConfig;
import dev.steerage.gateway.GatewayException;
import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.event.EventWriter;
import dev.steerage.gateway.event.Kind;
import dev.steerage.gateway.event.LogReader;
import dev.steerage.gateway.event.Tail;
import dev.steerage.gateway.event.Tails;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// All Kafka clients of a gateway.
public final class KafkaSide implements EventWriter, AutoCloseable {
  private static final int CALL_MS = 10_000;
  private static final int DELIVERY_MS = 20_000;

  private final Map<String, Object> client;
  private final GatewayMetrics metrics;
  private final int batchBytes;
  private final Admin admin;
  private final KafkaProducer<String, byte[]> producer;
  private final TailLoop events;
  private final TailLoop flood;
  private final KafkaLogReader reader;

  private KafkaSide(GatewayConfig config, GatewayMetrics metrics) {
    this.metrics = metrics;
    this.batchBytes = config.limits().batchBytes();
    client = new HashMap<>(config.client());
    client.put("bootstrap.servers", config.bootstrap());
    client.put("request.timeout.ms", CALL_MS);
    client.put("default.api.timeout.ms", CALL_MS);
    admin = Admin.create(client);
    producer = producer(client);
    events = new TailLoop("events", consumer(Map.of()), metrics);
    flood = new TailLoop("activations", consumer(Map.of()), metrics);
    reader = new KafkaLogReader(config.limits().catchUps(), this::catchUpConsumer, metrics);
  }

  /// Connects; nothing is read until [#follow].
  public static KafkaSide open(GatewayConfig config, GatewayMetrics metrics) {
    try {
      var side = new KafkaSide(config, metrics);
      side.events.start();
      side.flood.start();
      return side;
    } catch (KafkaException e) {
      throw new GatewayException(
          "no Kafka cluster: bootstrap=" + config.bootstrap() + ": " + e.getMessage(), e);
    }
  }

  private static KafkaProducer<String, byte[]> producer(Map<String, Object> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("linger.ms", 0);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    // One in flight: a topic made a moment ago may lose records of an eager producer (KAFKA-15591).
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("max.block.ms", CALL_MS);
    settings.put("delivery.timeout.ms", DELIVERY_MS);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("allow.auto.create.topics", false);
    settings.putAll(more);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private KafkaConsumer<byte[], byte[]> catchUpConsumer() {
    return consumer(
        Map.of(
            "fetch.max.wait.ms",
            5,
            "max.partition.fetch.bytes",
            batchBytes,
            "fetch.max.bytes",
            batchBytes,
            "max.poll.records",
            2_000));
  }

  /// The tails of a tenant; empty: it has not all of the topics.
  public Optional<Tails> tails(TenantId tenant, int ringBytes) {
    List<Kind<?>> kinds =
        List.of(
            Kind.COMPLETIONS,
            Kind.RULES,
            Kind.ACKS,
            Kind.STATISTICS,
            Kind.ALERTS,
            Kind.ACTIVATIONS);
    return describe(kinds.stream().map(kind -> kind.topic().of(tenant).name()).toList())
        .map(
            topics ->
                new Tails(
                    tail(Kind.COMPLETIONS, tenant, topics, ringBytes),
                    tail(Kind.RULES, tenant, topics, ringBytes / 4),
                    tail(Kind.ACKS, tenant, topics, ringBytes / 4),
                    tail(Kind.STATISTICS, tenant, topics, ringBytes / 2),
                    tail(Kind.ALERTS, tenant, topics, ringBytes / 8),
                    tail(Kind.ACTIVATIONS, tenant, topics, ringBytes)));
  }

  private <V> Tail<V> tail(
      Kind<V> kind, TenantId tenant, Map<String, TopicDescription> topics, int ringBytes) {
    TopicDescription topic = topics.get(kind.topic().of(tenant).name());
    return new Tail<>(
        kind,
        topic.name(),
        topic.topicId().toString(),
        topic.partitions().size(),
        ringBytes,
        metrics);
  }

  private Optional<Map<String, TopicDescription>> describe(List<String> names) {
    try {
      return Optional.of(
          admin.describeTopics(names).allTopicNames().get(CALL_MS, TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw new GatewayException("cannot describe topics: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new GatewayException("no answer from Kafka after " + CALL_MS + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GatewayException("interrupted while describing topics", e);
    }
  }

  /// Begins to read.
  public void follow(Tails tails) {
    events.add(tails.events());
    flood.add(tails.flood());
  }

  /// Ends to read, and keeps nothing.
  public void forget(Tails tails) {
    events.remove(tails.events());
    flood.remove(tails.flood());
  }

  /// Another consumer of this cluster, for what is no tenant's.
  KafkaConsumer<byte[], byte[]> platformConsumer() {
    return consumer(Map.of());
  }

  /// Old records.
  public LogReader reader() {
    return reader;
  }

  /// Whether Kafka answers.
  public boolean isWorking() {
    return events.isWorking();
  }

  @Override
  public <V> CompletableFuture<Place> send(Topic<String, V> topic, String key, V value) {
    var sent = new CompletableFuture<Place>();
    try {
      producer.send(
          new ProducerRecord<>(topic.name(), key, topic.value().encode(value)),
          (metadata, error) -> {
            if (error == null) {
              sent.complete(new Place(metadata.partition(), metadata.offset()));
            } else {
              sent.completeExceptionally(error);
            }
          });
    } catch (KafkaException e) {
      sent.completeExceptionally(e);
    }
    return sent;
  }

  @Override
  public int partitionOf(String key, int partitions) {
    return Topics.partition(key, partitions);
  }

  @Override
  public void close() {
    events.close();
    flood.close();
    reader.close();
    producer.close(Duration.ofSeconds(2));
    admin.close(Duration.ofSeconds(1));
  }
}
