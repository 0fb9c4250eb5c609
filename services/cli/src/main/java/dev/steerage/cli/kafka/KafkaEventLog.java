package dev.steerage.cli.kafka;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.schemas.topic.Topic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Reads committed records only; writes with an idempotent producer, outside transactions.
public final class KafkaEventLog implements EventLog {
  private static final int CALL_TIMEOUT_MS = 15_000;
  private static final int PROBE_TIMEOUT_MS = 3_000;

  private final Map<String, Object> client;
  private final String bootstrap;
  private final KafkaProducer<String, byte[]> producer;
  private final Admin admin;

  private KafkaEventLog(String bootstrap, Map<String, Object> client) {
    this.bootstrap = bootstrap;
    this.client = client;
    admin = Admin.create(client);
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("linger.ms", 0);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    // One in flight: a topic made a moment ago may lose records of an eager producer (KAFKA-15591).
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("max.block.ms", CALL_TIMEOUT_MS);
    settings.put("delivery.timeout.ms", CALL_TIMEOUT_MS * 2);
    settings.put("request.timeout.ms", CALL_TIMEOUT_MS);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /// Connects, and waits until the cluster has answered once.
  ///
  /// @param properties further ones of the clients: security, mostly
  /// @throws CliException if it does not
  public static KafkaEventLog connect(String bootstrap, Map<String, String> properties) {
    probe(bootstrap);
    Map<String, Object> client = new HashMap<>(properties);
    client.put("bootstrap.servers", bootstrap);
    client.put("request.timeout.ms", CALL_TIMEOUT_MS);
    client.put("default.api.timeout.ms", CALL_TIMEOUT_MS);
    KafkaEventLog log;
    try {
      log = new KafkaEventLog(bootstrap, client);
    } catch (KafkaException e) {
      throw unreachable(bootstrap, e);
    }
    try {
      log.await("reach the cluster", log.admin.describeCluster().clusterId());
      return log;
    } catch (CliException e) {
      log.close();
      throw e;
    }
  }

  /// A wrong address is said at once: the clients would try again and again until their timeout.
  private static void probe(String bootstrap) {
    IOException last = null;
    for (String address : bootstrap.split(",")) {
      int colon = address.lastIndexOf(':');
      try (var socket = new Socket()) {
        int port = Integer.parseInt(address.substring(colon + 1).strip());
        String host = address.substring(0, Math.max(colon, 0)).strip();
        socket.connect(new InetSocketAddress(host, port), PROBE_TIMEOUT_MS);
        return;
      } catch (IOException e) {
        last = e;
      } catch (IllegalArgumentException e) {
        throw new CliException(
            ExitCode.USAGE, "bootstrap='" + bootstrap + "', expected HOST:PORT", e);
      }
    }
    throw unreachable(bootstrap, last);
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
  public <V> Feed<V> follow(Topic<String, V> topic, Feed.From from) {
    try {
      return new KafkaFeed<>(client, topic, from);
    } catch (KafkaException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "topic=" + topic.name() + " cannot be read at " + bootstrap + ": " + e.getMessage(),
          e);
    }
  }

  @Override
  public Map<String, TopicSize> sizes(List<String> names) {
    var existing = new TreeSet<>(await("list topics", admin.listTopics().names()));
    existing.retainAll(names);
    var described = await("describe topics", admin.describeTopics(existing).allTopicNames());
    Map<TopicPartition, OffsetSpec> first = new HashMap<>();
    Map<TopicPartition, OffsetSpec> last = new HashMap<>();
    described.forEach(
        (name, description) ->
            description
                .partitions()
                .forEach(
                    partition -> {
                      var place = new TopicPartition(name, partition.partition());
                      first.put(place, OffsetSpec.earliest());
                      last.put(place, OffsetSpec.latest());
                    }));
    var starts = await("read first offsets", admin.listOffsets(first).all());
    var ends = await("read last offsets", admin.listOffsets(last).all());
    Map<String, TopicSize> sizes = new TreeMap<>();
    ends.forEach(
        (place, end) ->
            sizes.merge(
                place.topic(),
                new TopicSize(1, end.offset() - starts.get(place).offset()),
                (a, b) -> new TopicSize(a.partitions() + 1, a.offsets() + b.offsets())));
    return sizes;
  }

  private <T> T await(String what, KafkaFuture<T> future) {
    try {
      return future.get(CALL_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unreachable(bootstrap, e.getCause());
    } catch (TimeoutException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "no answer: what="
              + what
              + ", bootstrap="
              + bootstrap
              + ", limit="
              + CALL_TIMEOUT_MS
              + " ms",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.TIMEOUT, "interrupted: what=" + what, e);
    }
  }

  private static CliException unreachable(String bootstrap, Throwable cause) {
    return new CliException(
        ExitCode.UNREACHABLE,
        "no Kafka cluster: bootstrap="
            + bootstrap
            + "; is 'steerage up' running? ("
            + cause.getMessage()
            + ")",
        cause);
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
