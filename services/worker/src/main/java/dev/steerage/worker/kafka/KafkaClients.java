package dev.steerage.worker.kafka;

import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.WorkerConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Makes the clients of one worker. Values are bytes: codecs are applied where records are read, so
/// that no record can make `poll` throw.
public final class KafkaClients {
  private static final int REQUEST_MS = 5_000;
  private static final int DELIVERY_MS = 10_000;

  private final WorkerConfig config;

  public KafkaClients(WorkerConfig config) {
    this.config = config;
  }

  /// The consumer group of a model's workers.
  public static String group(String model) {
    return Topics.workGroup(model);
  }

  public Admin admin() {
    Map<String, Object> properties = common();
    properties.put("request.timeout.ms", REQUEST_MS);
    properties.put("default.api.timeout.ms", 4 * DELIVERY_MS);
    return Admin.create(properties);
  }

  /// A member of the model's worker group.
  Consumer<byte[], byte[]> member() {
    Map<String, Object> properties = reading();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group(config.modelName()));
    // The classic protocol lets the client choose its session timeout; the newer one fixes it at
    // the broker, at no less than 45 s unless somebody lowered it there.
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, config.timing().sessionMs());
    properties.put(
        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
        Math.max(200, config.timing().sessionMs() / 6));
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 64);
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, config.name());
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// Reads the group's offsets without being a member of it.
  Consumer<byte[], byte[]> groupOffsets(String role) {
    Map<String, Object> properties = reading();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group(config.modelName()));
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, config.name() + "-" + role);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// A reader that belongs to no group.
  public Consumer<byte[], byte[]> reader(String role) {
    Map<String, Object> properties = reading();
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, config.name() + "-" + role);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// A producer whose transactions only one worker of this name can have open.
  Producer<byte[], byte[]> transactional() {
    Map<String, Object> properties = writing("transactions");
    properties.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        "steerage-worker." + config.modelName() + "." + config.name());
    properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, config.timing().transactionMs());
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /// A producer for records that belong to no transaction.
  Producer<byte[], byte[]> plain() {
    return new KafkaProducer<>(
        writing("plain"), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> writing(String role) {
    Map<String, Object> properties = common();
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, config.name() + "-" + role);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, REQUEST_MS + 1_000);
    // Also how long a tick waits for a topic that is gone.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REQUEST_MS);
    // The next transaction waits for the markers of the one before by retrying; the default
    // back-off of 100 ms would be the longest part of a tick.
    properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 2);
    properties.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 100);
    return properties;
  }

  private Map<String, Object> reading() {
    Map<String, Object> properties = common();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 4 * DELIVERY_MS);
    return properties;
  }

  private Map<String, Object> common() {
    Map<String, Object> properties = new HashMap<>(config.client());
    properties.put("bootstrap.servers", config.bootstrap());
    properties.put("enable.metrics.push", false);
    properties.put("reconnect.backoff.max.ms", 1_000);
    return properties;
  }
}
