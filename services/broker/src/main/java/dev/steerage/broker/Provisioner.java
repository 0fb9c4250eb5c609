package dev.steerage.broker;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.TopicSettings;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes topics as the catalogue describes them, on any cluster; doing it again changes nothing.
///
/// A topic that exists keeps its records: its settings are brought in line, its partition count is
/// only checked, because changing it would send keys elsewhere.
public final class Provisioner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Provisioner.class);
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(30);

  // The controller refuses 10,000 records at once and more, and hears no broker meanwhile.
  static final int RECORDS_TOGETHER = 2_000;
  private static final long LEADER_PAUSE_NS = 5_000_000;

  private final Admin admin;

  private Provisioner(Admin admin) {
    this.admin = admin;
  }

  public static Provisioner connect(String bootstrap) {
    return connect(Map.of("bootstrap.servers", bootstrap));
  }

  /// @param client properties of the Kafka clients, `bootstrap.servers` among them
  public static Provisioner connect(Map<String, ?> client) {
    return new Provisioner(Admin.create(new HashMap<>(client)));
  }

  /// The topics that exist once.
  public void ensurePlatform() {
    ensure(Topics.platform());
  }

  /// The topics of a tenant.
  public void ensureTenant(TenantId tenant) {
    ensure(Topics.ofTenant().stream().<Topic<?, ?>>map(topic -> topic.of(tenant)).toList());
  }

  /// The topics of admitted prompts and of sessions for a model.
  public void ensureModel(String model) {
    ensure(Topics.ofModel(model));
  }

  /// Returns when every topic exists with its settings and its partitions take records.
  ///
  /// @throws BrokerException if the cluster refuses or a topic has another partition count
  public void ensure(Collection<? extends Topic<?, ?>> topics) {
    var wanted = new LinkedHashMap<String, TopicSettings>();
    topics.forEach(topic -> wanted.put(topic.name(), topic.settings()));
    Set<String> existing = AdminAnswer.await("list topics", admin.listTopics().names());
    for (Map<String, TopicSettings> part : parts(wanted)) {
      create(part, existing);
      var kept = new LinkedHashMap<>(part);
      kept.keySet().retainAll(existing);
      checkPartitions(kept);
      alignSettings(kept);
      awaitLeaders(part);
    }
  }

  /// So many topics that the controller takes them at once.
  static List<Map<String, TopicSettings>> parts(Map<String, TopicSettings> wanted) {
    List<Map<String, TopicSettings>> parts = new ArrayList<>();
    int room = 0;
    for (Map.Entry<String, TopicSettings> topic : wanted.entrySet()) {
      TopicSettings settings = topic.getValue();
      // One record for the topic, one for each partition, one for each setting.
      int records = 1 + settings.partitions() + settings.configuration().size();
      if (room < records) {
        parts.add(new LinkedHashMap<>());
        room = RECORDS_TOGETHER;
      }
      parts.getLast().put(topic.getKey(), settings);
      room -= records;
    }
    return parts;
  }

  private void create(Map<String, TopicSettings> wanted, Set<String> existing) {
    List<NewTopic> missing = new ArrayList<>();
    wanted.forEach(
        (name, settings) -> {
          if (!existing.contains(name)) {
            missing.add(newTopic(name, settings));
          }
        });
    var created = new ArrayList<String>();
    admin
        .createTopics(missing)
        .values()
        .forEach(
            (name, future) -> {
              if (awaitUnlessExists("create topic " + name, future)) {
                created.add(name);
              }
            });
    if (!created.isEmpty()) {
      LOG.atInfo().addKeyValue("count", created.size()).log("topics created");
      LOG.atDebug().addKeyValue("topics", created).log("topics created");
    }
  }

  private static NewTopic newTopic(String name, TopicSettings settings) {
    // No replication factor: the cluster's default is 1 on one machine and 3 on a real one.
    return new NewTopic(name, Optional.of(settings.partitions()), Optional.empty())
        .configs(settings.configuration());
  }

  private void checkPartitions(Map<String, TopicSettings> kept) {
    Map<String, TopicDescription> described =
        AdminAnswer.await("describe topics", admin.describeTopics(kept.keySet()).allTopicNames());
    described.forEach(
        (name, description) -> {
          int found = description.partitions().size();
          int expected = kept.get(name).partitions();
          if (found != expected) {
            throw new BrokerException(
                "topic has another partition count: topic="
                    + name
                    + ", expected="
                    + expected
                    + ", found="
                    + found);
          }
        });
  }

  private void alignSettings(Map<String, TopicSettings> kept) {
    List<ConfigResource> resources =
        kept.keySet().stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    Map<ConfigResource, Config> found =
        AdminAnswer.await("describe topic settings", admin.describeConfigs(resources).all());
    var changes = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
    found.forEach(
        (resource, config) -> {
          List<AlterConfigOp> ops = differences(config, kept.get(resource.name()));
          if (!ops.isEmpty()) {
            changes.put(resource, ops);
          }
        });
    AdminAnswer.await("align topic settings", admin.incrementalAlterConfigs(changes).all());
    changes
        .keySet()
        .forEach(
            resource ->
                LOG.atInfo().addKeyValue("topic", resource.name()).log("topic settings aligned"));
  }

  private static List<AlterConfigOp> differences(Config found, TopicSettings settings) {
    List<AlterConfigOp> ops = new ArrayList<>();
    settings
        .configuration()
        .forEach(
            (key, value) -> {
              ConfigEntry entry = found.get(key);
              if (entry == null || !value.equals(entry.value())) {
                ops.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET));
              }
            });
    return ops;
  }

  /// A broker answers a look at a partition's end only once it leads it and its log is open. A
  /// topic's description is not enough: producers that started on it lost records (KAFKA-15591).
  private void awaitLeaders(Map<String, TopicSettings> wanted) {
    var latest = new HashMap<TopicPartition, OffsetSpec>();
    wanted.forEach(
        (name, settings) -> {
          for (int partition = 0; partition < settings.partitions(); partition++) {
            latest.put(new TopicPartition(name, partition), OffsetSpec.latest());
          }
        });
    long deadline = System.nanoTime() + LEADER_LIMIT.toNanos();
    while (true) {
      try {
        AdminAnswer.await("reach every partition's leader", admin.listOffsets(latest).all());
        return;
      } catch (BrokerException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(LEADER_PAUSE_NS);
      }
    }
  }

  /// @return whether it was made; not if another process made it at the same moment, from the same
  ///   catalogue
  private static boolean awaitUnlessExists(String what, KafkaFuture<?> future) {
    try {
      AdminAnswer.await(what, future);
      return true;
    } catch (BrokerException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
