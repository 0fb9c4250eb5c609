package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.ChildJvm;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TopicReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The broker as a process of its own.
@Tag("fault")
@Timeout(120)
class BrokerProcessSystemTest {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("ready: broker=(\\S+) .*");
  private static final String TOPIC = Topics.TRAINING.of(TenantId.DEFAULT).name();
  private static final byte[] VALUE = "kept".getBytes(StandardCharsets.UTF_8);

  @Test
  void shouldKeepAddressAndRecordsAfterKill() throws Exception {
    try (var data = ScratchFolder.create()) {
      String address;
      try (var broker = start(data.path())) {
        address = ready(broker);
        send(address);
        broker.kill();
      }
      try (var broker = start(data.path())) {
        assertThat(ready(broker)).isEqualTo(address);
        try (var reader = TopicReader.raw(address, TOPIC, true)) {
          assertThat(reader.toEnd())
              .singleElement()
              .satisfies(record -> assertThat(record.value()).isEqualTo(VALUE));
        }
        assertThat(broker.terminate()).as("status after SIGTERM").isEqualTo(143);
      }
    }
  }

  private static ChildJvm start(Path data) {
    return Programs.start(
        "broker",
        "512m",
        "broker",
        "--data",
        data.toString(),
        "--models",
        Programs.models().toString());
  }

  private static String ready(ChildJvm broker) {
    Matcher matcher =
        READY.matcher(broker.awaitLine("ready line", START, line -> READY.matcher(line).matches()));
    assertThat(matcher.matches()).isTrue();
    return matcher.group(1);
  }

  private static void send(String bootstrap) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, null, VALUE)).get(20, TimeUnit.SECONDS);
    }
  }
}
