package dev.steerage.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker keeps its address and its records across a restart.
@Timeout(60)
class EmbeddedBrokerIT {

  @TempDir Path data;

  @Test
  void shouldKeepAddressAndRecordsAcrossRestart() throws Exception {
    String bootstrap;
    try (var broker = EmbeddedBroker.start(BrokerConfig.of(data))) {
      bootstrap = broker.bootstrap();
      try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
      }
      try (var producer = producer(bootstrap)) {
        producer.send(new ProducerRecord<>("kept", "k", "v")).get();
      }
    }

    try (var broker = EmbeddedBroker.start(BrokerConfig.of(data));
        var consumer = consumer(broker.bootstrap())) {
      assertThat(broker.bootstrap()).isEqualTo(bootstrap);
      var partition = new TopicPartition("kept", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      assertThat(consumer.poll(Duration.ofSeconds(10)))
          .singleElement()
          .satisfies(record -> assertThat(record.value()).isEqualTo("v"));
    }
  }

  @Test
  void shouldRefuseSecondBrokerOnSameFolder() {
    try (var _ = EmbeddedBroker.start(BrokerConfig.of(data))) {
      assertThatThrownBy(() -> EmbeddedBroker.start(BrokerConfig.of(data)))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("in use")
          .hasMessageContaining(data.toString());
    }
  }

  private static KafkaProducer<String, String> producer(String bootstrap) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
  }

  private static KafkaConsumer<String, String> consumer(String bootstrap) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new StringDeserializer());
  }
}
