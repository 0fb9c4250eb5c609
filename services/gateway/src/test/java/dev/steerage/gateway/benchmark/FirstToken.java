package dev.steerage.gateway.benchmark;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Time to the first token, by a plain Kafka client and by HTTP, in turns.
final class FirstToken implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long HIGHEST_US = 60_000_000;
  private static final String TAIL = "\"model\":\"tokfsm\",\"%s\":\"4891\",\"%s\":1";

  private final String gateway;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final KafkaProducer<String, String> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Histogram direct = new Histogram(HIGHEST_US, 3);
  private final Histogram overHttp = new Histogram(HIGHEST_US, 3);

  FirstToken(UpInstance up) {
    gateway = up.gateway();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", up.bootstrap(), "linger.ms", 0),
            new StringSerializer(),
            new StringSerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", up.bootstrap(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    String topic = Topics.COMPLETIONS.of(TenantId.DEFAULT).name();
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  void run(int warmUp, int count) throws IOException, InterruptedException {
    for (int i = -warmUp; i < count; i++) {
      long kafka = kafka();
      long byHttp = http();
      if (i >= 0) {
        direct.recordValue(kafka);
        overHttp.recordValue(byHttp);
      }
    }
  }

  private long kafka() {
    String request = "bench-" + UUID.randomUUID();
    String body = "{\"request\":\"" + request + "\"," + TAIL.formatted("text", "maxTokens") + "}";
    long start = System.nanoTime();
    producer.send(new ProducerRecord<>(Topics.PROMPTS.of(TenantId.DEFAULT).name(), request, body));
    while (true) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.key().equals(request)
            && Topics.COMPLETIONS.value().decode(record.value()).orThrow()
                instanceof Completion.Tokens) {
          return (System.nanoTime() - start) / 1_000;
        }
      }
    }
  }

  private long http() throws IOException, InterruptedException {
    String body =
        "{" + TAIL.formatted("prompt", "max_tokens") + ",\"temperature\":0,\"stream\":true}";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway + "/v1/completions"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    long start = System.nanoTime();
    var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    long first = -1;
    try (var reader =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (first < 0 && line.startsWith("data: {")) {
          first = (System.nanoTime() - start) / 1_000;
        }
      }
    }
    return first;
  }

  List<String> report() {
    return List.of(
        "| way | p50 ms | p90 ms | p99 ms | requests |",
        "|---|---|---|---|---|",
        row("Kafka client", direct),
        row("gateway", overHttp),
        "",
        "Overhead at p50: %.2f ms."
            .formatted(
                (overHttp.getValueAtPercentile(50) - direct.getValueAtPercentile(50)) / 1e3));
  }

  private static String row(String name, Histogram us) {
    return "| %s | %.2f | %.2f | %.2f | %d |"
        .formatted(
            name,
            us.getValueAtPercentile(50) / 1e3,
            us.getValueAtPercentile(90) / 1e3,
            us.getValueAtPercentile(99) / 1e3,
            us.getTotalCount());
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
  }
}
