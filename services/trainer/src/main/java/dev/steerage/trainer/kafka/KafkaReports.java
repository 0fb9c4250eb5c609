package dev.steerage.trainer.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.trainer.run.ReportSink;
import dev.steerage.trainer.run.StepReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the reports of a run to the tenant's topic `training`, keyed by run. A broker that is
/// away does not stop the training: what could not be sent is counted and said at the end.
public final class KafkaReports implements ReportSink {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReports.class);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final int MAX_BLOCK_MS = 2000;

  private final KafkaProducer<String, byte[]> producer;
  private final String topic;
  // written by: the producer's thread; read by: close, after the producer has ended
  private volatile long failed;

  /// @param clients settings of Kafka clients, brokers included
  public KafkaReports(Map<String, Object> clients, TenantId tenant) {
    Map<String, Object> settings = new HashMap<>(clients);
    settings.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "steerage-trainer");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    topic = Topics.TRAINING.of(tenant).name();
  }

  @Override
  public void accept(StepReport report) {
    byte[] value = report.json().getBytes(StandardCharsets.UTF_8);
    producer.send(
        new ProducerRecord<>(topic, report.run(), value),
        (metadata, failure) -> {
          if (failure != null) {
            failed++;
          }
        });
  }

  @Override
  public void close() {
    producer.close(CLOSE);
    if (failed > 0) {
      LOG.atWarn().addKeyValue("topic", topic).addKeyValue("records", failed).log("reports lost");
    }
  }
}
