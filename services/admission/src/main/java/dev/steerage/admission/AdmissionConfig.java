package dev.steerage.admission;

import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.Map;

/// How admission runs.
///
/// @param bootstrap addresses of the brokers
/// @param client further properties of the Kafka clients: security, mostly
/// @param instance name of this process among those that admit; two of one name fence each other
/// @param newTenantsEvery how soon the topics of a new tenant are noticed
/// @param batchRecordsMax most prompts of one transaction
/// @param idsPerTenantMax request ids remembered for one tenant; the oldest go first
/// @param sessionTimeout how long a dead instance is missed before others take over
/// @param transactionTimeout how long the transaction of a dead instance can hold readers back
public record AdmissionConfig(
    String bootstrap,
    Map<String, String> client,
    String instance,
    Duration newTenantsEvery,
    int batchRecordsMax,
    int idsPerTenantMax,
    Duration sessionTimeout,
    Duration transactionTimeout) {
  /// How long request ids are remembered.
  public static final Duration IDS_KEPT = Topics.CONVERSATION_RETENTION;

  public AdmissionConfig {
    client = Map.copyOf(client);
    if (!instance.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException("instance: '" + instance + "', expected a short name");
    }
    if (batchRecordsMax < 1 || idsPerTenantMax < 1) {
      throw new IllegalArgumentException(
          "batch records: "
              + batchRecordsMax
              + ", ids per tenant: "
              + idsPerTenantMax
              + ", expected at least 1");
    }
  }

  /// The defaults.
  public static AdmissionConfig of(String bootstrap, Map<String, String> client) {
    return new AdmissionConfig(
        bootstrap,
        client,
        "admission-1",
        Duration.ofSeconds(1),
        500,
        200_000,
        Duration.ofSeconds(6),
        Duration.ofSeconds(10));
  }

  public AdmissionConfig withInstance(String name) {
    return new AdmissionConfig(
        bootstrap,
        client,
        name,
        newTenantsEvery,
        batchRecordsMax,
        idsPerTenantMax,
        sessionTimeout,
        transactionTimeout);
  }
}
