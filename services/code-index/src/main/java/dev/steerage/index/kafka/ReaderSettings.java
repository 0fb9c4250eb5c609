package dev.steerage.index.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Properties of the index's consumers.
final class ReaderSettings {
  private ReaderSettings() {}

  /// @param client properties of every Kafka client, `bootstrap.servers` among them
  static Map<String, Object> of(Map<String, String> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("key.deserializer", ByteArrayDeserializer.class);
    settings.put("value.deserializer", ByteArrayDeserializer.class);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", false);
    settings.put("allow.auto.create.topics", false);
    // What one answer of the broker takes while the queue is full.
    settings.put("fetch.max.bytes", 8 * 1024 * 1024);
    // Live frames are the fresh ones; records may take a moment longer.
    settings.put("fetch.max.wait.ms", 100);
    settings.put("default.api.timeout.ms", 5_000);
    return settings;
  }

  /// Properties of the client that looks up the ids of topics.
  static Map<String, Object> ofAdmin(Map<String, String> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("default.api.timeout.ms", 5_000);
    settings.put("request.timeout.ms", 5_000);
    return settings;
  }
}
