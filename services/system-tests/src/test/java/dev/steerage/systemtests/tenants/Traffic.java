package dev.steerage.systemtests.tenants;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// One tenant's requests: sent by a plain producer, followed by a `read_committed` reader on a
/// thread of its own.
final class Traffic implements AutoCloseable {
  private final TenantId tenant;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final AtomicLong tokens = new AtomicLong();
  private final AtomicInteger ended = new AtomicInteger();
  private final Thread reader;
  private volatile boolean closed;

  /// One request.
  static final class Run {
    final long sentNs;
    volatile long firstNs;
    volatile long endedNs;
    volatile Completion.Finished end;
    final List<String> said = new ArrayList<>();

    Run(long sentNs) {
      this.sentNs = sentNs;
    }

    double firstMs() {
      return (firstNs - sentNs) / 1e6;
    }

    boolean isComplete() {
      return end != null && end.reason() == Completion.Reason.LENGTH;
    }
  }

  Traffic(String bootstrap, TenantId tenant) {
    this.tenant = tenant;
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    String topic = Topics.COMPLETIONS.of(tenant).name();
    List<TopicPartition> all =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    reader = new Thread(() -> follow(consumer), "traffic-" + tenant);
    reader.start();
  }

  private void follow(KafkaConsumer<String, byte[]> consumer) {
    try (consumer) {
      while (!closed) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
          if (Topics.COMPLETIONS.value().decode(record.value())
              instanceof Decoded.Ok<Completion>(Completion event)) {
            take(event);
          }
        }
      }
    }
  }

  private void take(Completion event) {
    Run run = runs.get(event.request());
    if (run == null) {
      return;
    }
    switch (event) {
      case Completion.Tokens some -> {
        if (run.firstNs == 0) {
          run.firstNs = System.nanoTime();
        }
        tokens.addAndGet(some.tokens().size());
        // Everything but the revision: others' rules do not change what is said, and own ones are
        // the same in every phase.
        some.tokens()
            .forEach(
                token ->
                    run.said.add(
                        token.index()
                            + ":"
                            + token.id()
                            + ":"
                            + Double.doubleToRawLongBits(token.logprob())
                            + ":"
                            + token.topLogprobs()
                            + ":"
                            + token.steered()));
      }
      case Completion.Finished end -> {
        run.endedNs = System.nanoTime();
        run.end = end;
        ended.incrementAndGet();
      }
      case Completion.Started _, Completion.Paired _, Completion.Duplicate _ -> {}
    }
  }

  /// Sends a prompt; fields as in JSON, less the id.
  void prompt(String request, String fields) {
    runs.put(request, new Run(System.nanoTime()));
    send(Topics.PROMPTS.of(tenant).name(), request, "{\"request\":\"" + request + "\"," + fields);
  }

  void send(String topic, String key, String value) {
    producer.send(
        new ProducerRecord<>(
            topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
  }

  TenantId tenant() {
    return tenant;
  }

  /// Tokens seen so far.
  long tokens() {
    return tokens.get();
  }

  /// Requests that ended so far.
  int ended() {
    return ended.get();
  }

  int underWay() {
    return runs.size() - ended.get();
  }

  Map<String, Run> runs() {
    return runs;
  }

  void awaitAll(Duration patience) {
    Await.until(
        "the end of " + runs.size() + " requests of " + tenant, patience, () -> underWay() == 0);
  }

  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  @Override
  public void close() {
    closed = true;
    producer.close(Duration.ofSeconds(2));
    try {
      reader.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
