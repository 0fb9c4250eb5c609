package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/// What an application does: a plain Kafka producer of JSON, a `read_committed` reader of answers.
final class Requests implements AutoCloseable {

  private final TenantId tenant;
  private final KafkaProducer<String, String> producer;
  private final TopicReader<String, Completion> completions;

  private Requests(String bootstrap, TenantId tenant) {
    this.tenant = tenant;
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", 0, "acks", "all"),
            new StringSerializer(),
            new StringSerializer());
    completions = TopicReader.committed(bootstrap, Topics.COMPLETIONS.of(tenant));
  }

  static Requests connect(String bootstrap) {
    return connect(bootstrap, TenantId.DEFAULT);
  }

  static Requests connect(String bootstrap, TenantId tenant) {
    return new Requests(bootstrap, tenant);
  }

  /// Publishes a prompt as text; the request id is the key.
  RecordMetadata prompt(String request, String json) {
    return send(Topics.PROMPTS.of(tenant), request, json);
  }

  /// Publishes a record of the rule log; returns its revision.
  long rule(String rule, String json) {
    return send(Topics.RULES.of(tenant), rule, json).offset();
  }

  /// Publishes any record of the tenant.
  RecordMetadata send(Topic<?, ?> topic, String key, String json) {
    try {
      return producer.send(new ProducerRecord<>(topic.name(), key, json)).get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("record not taken: topic=" + topic.name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while sending", e);
    }
  }

  Completion.Started awaitStarted(String request, Duration deadline) {
    return (Completion.Started)
        completions
            .await(
                "start of " + request,
                deadline,
                record -> isOf(record, request) && record.value() instanceof Completion.Started)
            .value();
  }

  Completion.Finished awaitFinished(String request, Duration deadline) {
    return (Completion.Finished)
        completions
            .await(
                "end of " + request,
                deadline,
                record -> isOf(record, request) && record.value() instanceof Completion.Finished)
            .value();
  }

  void awaitToken(String request, int index, Duration deadline) {
    completions.await(
        "token " + index + " of " + request,
        deadline,
        record ->
            isOf(record, request)
                && record.value() instanceof Completion.Tokens tokens
                && tokens.tokens().getLast().index() >= index);
  }

  /// Waits until that many requests whose id starts so have finished.
  void awaitAllFinished(String prefix, int count, Duration deadline) {
    completions.awaitCount(
        "finished requests " + prefix,
        deadline,
        count,
        record ->
            record.value() instanceof Completion.Finished finished
                && finished.request().startsWith(prefix));
  }

  /// The longest time between two committed events of a request whose id starts so.
  Duration longestPause(String prefix) {
    Map<String, Long> last = new HashMap<>();
    long longest = 0;
    for (var record : completions.toEnd()) {
      String request = record.value().request();
      if (request.startsWith(prefix)) {
        Long before = last.put(request, record.timestamp());
        if (before != null) {
          longest = Math.max(longest, record.timestamp() - before);
        }
      }
    }
    return Duration.ofMillis(longest);
  }

  /// The tokens of a finished request, after checking that none is missing, doubled or out of order
  /// and that it ended once.
  List<Completion.Token> tokens(String request) {
    List<Completion> events =
        completions.toEnd().stream()
            .filter(record -> isOf(record, request))
            .map(ConsumerRecord::value)
            .toList();
    assertThat(events).filteredOn(Completion.Finished.class::isInstance).as("ends").hasSize(1);
    List<Completion.Token> tokens =
        events.stream()
            .filter(Completion.Tokens.class::isInstance)
            .flatMap(event -> ((Completion.Tokens) event).tokens().stream())
            .toList();
    assertThat(tokens)
        .as("indexes of %s", request)
        .extracting(Completion.Token::index)
        .containsExactlyElementsOf(IntStream.range(0, tokens.size()).boxed().toList());
    return tokens;
  }

  private static boolean isOf(ConsumerRecord<String, Completion> record, String request) {
    return record.value().request().equals(request);
  }

  @Override
  public void close() {
    producer.close();
    completions.close();
  }
}
