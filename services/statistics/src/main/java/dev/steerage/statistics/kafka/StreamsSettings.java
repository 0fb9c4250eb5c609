package dev.steerage.statistics.kafka;

import dev.steerage.statistics.StatisticsConfig;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/// Properties of Kafka Streams for this topology, and of what it is compared with.
public final class StreamsSettings {
  private static final int RECORD_BYTES_MAX = 2 << 20;
  private static final int FETCH_BYTES = 8 << 20;
  private static final int RECORDS_HELD = 100;
  // The constant is deprecated from its first version on.
  private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

  private StreamsSettings() {}

  /// @param apiPort where other instances send queries for this one's partitions; 0: nowhere
  public static Properties of(StatisticsConfig config, int apiPort) {
    Properties properties = new Properties();
    properties.putAll(config.client());
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrap());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir().toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitEvery().toMillis());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
    properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
    // What is cached is cached by the store itself.
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    // A histogram is up to a megabyte: the default of a thousand per partition is not a bound.
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, RECORDS_HELD);
    // There are no global stores; without it every start warns about their handler.
    properties.put(GLOBAL_HANDLER, true);
    // The assignor makes a configuration of its own, from the consumer's properties only.
    put(properties, StreamsConfig.MAIN_CONSUMER_PREFIX, GLOBAL_HANDLER, true);
    if (apiPort > 0) {
      properties.put(StreamsConfig.APPLICATION_SERVER_CONFIG, "127.0.0.1:" + apiPort);
    }
    consumer(properties, config);
    producer(properties, config);
    return properties;
  }

  private static void consumer(Properties properties, StatisticsConfig config) {
    long sessionMs = config.sessionTimeout().toMillis();
    put(
        properties,
        StreamsConfig.MAIN_CONSUMER_PREFIX,
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
        RECORDS_HELD);
    put(
        properties,
        StreamsConfig.CONSUMER_PREFIX,
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
        FETCH_BYTES);
    put(
        properties,
        StreamsConfig.MAIN_CONSUMER_PREFIX,
        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
        (int) sessionMs);
    put(
        properties,
        StreamsConfig.MAIN_CONSUMER_PREFIX,
        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
        (int) Math.max(1, sessionMs / 6));
  }

  private static void producer(Properties properties, StatisticsConfig config) {
    // The default of 100 ms would be added to every commit.
    put(properties, StreamsConfig.PRODUCER_PREFIX, ProducerConfig.LINGER_MS_CONFIG, 0);
    put(
        properties,
        StreamsConfig.PRODUCER_PREFIX,
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        RECORD_BYTES_MAX);
    put(
        properties,
        StreamsConfig.PRODUCER_PREFIX,
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        (int) config.transactionTimeout().toMillis());
    // The broker lets a transaction into a partition while its first batch waits; batches behind it
    // on the way arrive out of order and are refused until it is in.
    put(
        properties,
        StreamsConfig.PRODUCER_PREFIX,
        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
        1);
  }

  private static void put(Properties properties, String prefix, String name, Object value) {
    properties.put(prefix + name, value);
  }
}
