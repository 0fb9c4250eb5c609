package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionConfig;
import java.util.HashMap;
import java.util.Map;

/// The settings of the Kafka clients, and why they differ from the defaults.
final class ClientProperties {
  static final String GROUP = "steerage-admission";

  private ClientProperties() {}

  private static Map<String, Object> common(AdmissionConfig config, String client) {
    Map<String, Object> properties = new HashMap<>(config.client());
    properties.put("bootstrap.servers", config.bootstrap());
    properties.put("client.id", config.instance() + "-" + client);
    properties.put("allow.auto.create.topics", false);
    // A new tenant's topics match the pattern when the metadata is asked for again.
    properties.put("metadata.max.age.ms", config.newTenantsEvery().toMillis());
    return properties;
  }

  /// A reader outside the group.
  static Map<String, Object> reader(AdmissionConfig config) {
    Map<String, Object> properties = common(config, "reader");
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    return properties;
  }

  /// Asks how far workers are.
  static Map<String, Object> admin(AdmissionConfig config) {
    Map<String, Object> properties = common(config, "admin");
    properties.remove("allow.auto.create.topics");
    properties.put("request.timeout.ms", 5_000);
    properties.put("default.api.timeout.ms", 10_000);
    return properties;
  }

  /// The member of the group that reads prompts.
  static Map<String, Object> prompts(AdmissionConfig config) {
    Map<String, Object> properties = reader(config);
    properties.put("client.id", config.instance() + "-prompts");
    properties.put("group.id", GROUP);
    properties.put("max.poll.records", config.batchRecordsMax());
    // Prompts that have to wait are fetched again when there is room: not a megabyte for a few.
    properties.put("max.partition.fetch.bytes", 128 * 1024);
    properties.put("session.timeout.ms", (int) config.sessionTimeout().toMillis());
    properties.put("heartbeat.interval.ms", (int) config.sessionTimeout().toMillis() / 4);
    // A tenant that comes or goes does not stop the others.
    properties.put(
        "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    return properties;
  }

  /// The transactional writer of everything that admission says.
  static Map<String, Object> writer(AdmissionConfig config) {
    Map<String, Object> properties = common(config, "writer");
    properties.put("transactional.id", "steerage-admission-" + config.instance());
    properties.put("transaction.timeout.ms", (int) config.transactionTimeout().toMillis());
    properties.put("acks", "all");
    properties.put("linger.ms", 0);
    // Idempotent writes with several requests in flight can lose records on a brand-new topic
    // (KAFKA-15591).
    properties.put("max.in.flight.requests.per.connection", 1);
    // The coordinator asks to come again while the last commit is being written out: 100 ms by
    // default, which would be the latency of every second prompt.
    properties.put("retry.backoff.ms", 2);
    properties.put("retry.backoff.max.ms", 100);
    properties.put("max.block.ms", 5_000);
    properties.put("request.timeout.ms", 5_000);
    properties.put("delivery.timeout.ms", 10_000);
    properties.put("max.request.size", 3 * 1024 * 1024);
    return properties;
  }
}
