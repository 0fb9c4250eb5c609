package dev.steerage.systemtests;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Keeps some requests running, each finished one replaced by the next, and counts their committed
/// tokens by broker time.
final class SteadyLoad implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  /// With prompt and begin-of-text within the positions of `tokfsm`.
  private static final int TOKENS = 120;

  private final KafkaProducer<String, String> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final NavigableMap<Long, Integer> tokensAt = new ConcurrentSkipListMap<>();
  private final Thread thread;
  private int sent;
  // Written by: the test; read by: the load's thread.
  private volatile boolean isEnding;
  // Written by: the load's thread; read by: the test.
  private volatile int running;
  // Written by: the load's thread; read by: the test, when the thread has ended.
  private volatile AssertionError failure;

  SteadyLoad(String bootstrap, int requests) {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
            new StringSerializer(),
            new StringSerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    String topic = Topics.COMPLETIONS.of(TenantId.DEFAULT).name();
    var partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread = Thread.ofPlatform().name("steady-load").start(() -> run(requests));
  }

  private void run(int requests) {
    for (int i = 0; i < requests; i++) {
      send();
    }
    while (running > 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        take(record);
      }
    }
    consumer.close();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (!(Topics.COMPLETIONS.value().decode(record.value()) instanceof Decoded.Ok<Completion> ok)) {
      throw new AssertionError("completion at offset " + record.offset() + " cannot be read");
    }
    switch (ok.get()) {
      case Completion.Tokens tokens ->
          tokensAt.merge(record.timestamp(), tokens.tokens().size(), Integer::sum);
      case Completion.Finished finished -> {
        if (finished.refusal().isPresent()) {
          failure = new AssertionError("refused: " + finished);
        }
        running--;
        if (!isEnding && failure == null) {
          send();
        }
      }
      case Completion.Started _, Completion.Paired _, Completion.Duplicate _ -> {
        // None brings tokens.
      }
    }
  }

  private void send() {
    String json =
        "{\"model\":\"tokfsm\",\"text\":\"%02d\",\"maxTokens\":%d,\"sampling\":{\"temperature\":1.0,\"seed\":%d}}"
            .formatted(sent % 100, TOKENS, sent);
    producer.send(
        new ProducerRecord<>(Topics.PROMPTS.of(TenantId.DEFAULT).name(), "load-" + sent++, json));
    running++;
  }

  /// Tokens that were committed in a window of broker time.
  long tokens(long fromMs, long toMs) {
    return tokensAt.subMap(fromMs, toMs).values().stream().mapToLong(Integer::longValue).sum();
  }

  int sent() {
    return sent;
  }

  /// Sends nothing more; returns when what runs has finished.
  void end(Duration deadline) throws InterruptedException {
    isEnding = true;
    if (!thread.join(deadline)) {
      throw new AssertionError("waited " + deadline + " for " + running + " requests");
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    isEnding = true;
    thread.interrupt();
    producer.close();
  }
}
