package dev.steerage.broker.tenant;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.TopicSettings.Role;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Tries, as the principals of one tenant, everything that could read, write, steer or give away
/// another: with real clients on the real cluster, so that what counts is the broker's answer.
///
/// Nothing is changed where the cluster is as it should be. Where it is not, a probe may leave a
/// record: do not run it on a cluster that is open on purpose.
public final class TenantProbe {
  private static final long WAIT_S = 20;

  private final String bootstrap;
  private final Secrets secrets;

  /// What came of one attempt.
  ///
  /// @param isRefused whether the broker said that this principal may not
  /// @param answer what it said otherwise
  public record Attempt(String who, String what, String target, boolean isRefused, String answer) {}

  private interface Trial {
    void run() throws Exception;
  }

  /// @param secrets where the passwords of the tenant that tries are
  public TenantProbe(String bootstrap, Secrets secrets) {
    this.bootstrap = bootstrap;
    this.secrets = secrets;
  }

  /// Every topic of the victim and of the platform's inside, every operation, every role.
  public List<Attempt> probe(TenantId from, TenantId victim) {
    List<Attempt> attempts = new ArrayList<>();
    List<String> topics = new ArrayList<>();
    Topics.ofTenant().forEach(kind -> topics.add(kind.of(victim).name()));
    Topics.platform().stream()
        .filter(topic -> !topic.equals(Topics.MODELS) && !topic.equals(Topics.PLATFORM_LABELS))
        .map(Topic::name)
        .forEach(topics::add);
    for (Role role : TenantAcls.ROLES) {
      String user = TenantAcls.user(from, role);
      Map<String, Object> client =
          new HashMap<>(Secrets.client(user, secrets.find(user).orElseThrow()));
      client.put("bootstrap.servers", bootstrap);
      client.put("default.api.timeout.ms", 10_000);
      client.put("request.timeout.ms", 10_000);
      client.put("max.block.ms", 10_000);
      client.put("delivery.timeout.ms", 20_000);
      try (Admin admin = Admin.create(without(client, "max.block.ms", "delivery.timeout.ms"))) {
        topics.forEach(topic -> onTopic(attempts, user, client, admin, topic));
        onTenant(attempts, user, client, admin, victim);
      }
    }
    return attempts;
  }

  private static Map<String, Object> without(Map<String, Object> client, String... keys) {
    Map<String, Object> fewer = new HashMap<>(client);
    List.of(keys).forEach(fewer::remove);
    return fewer;
  }

  private static void onTopic(
      List<Attempt> attempts, String user, Map<String, Object> client, Admin admin, String topic) {
    var partition = new TopicPartition(topic, 0);
    var config = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    attempt(
        attempts,
        user,
        "see it",
        topic,
        () -> get(admin.describeTopics(List.of(topic)).allTopicNames()));
    attempt(
        attempts,
        user,
        "see how much is in it",
        topic,
        () -> get(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all()));
    attempt(attempts, user, "read", topic, () -> read(client, partition));
    attempt(attempts, user, "write", topic, () -> write(client, topic));
    attempt(
        attempts,
        user,
        "delete records",
        topic,
        () -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0))).all()));
    attempt(
        attempts,
        user,
        "see settings",
        topic,
        () -> get(admin.describeConfigs(List.of(config)).all()));
    attempt(
        attempts,
        user,
        "change settings",
        topic,
        () ->
            get(
                admin
                    .incrementalAlterConfigs(
                        Map.of(
                            config,
                            List.of(
                                new AlterConfigOp(
                                    new ConfigEntry("segment.jitter.ms", "0"),
                                    AlterConfigOp.OpType.SET))))
                    .all()));
  }

  private static void onTenant(
      List<Attempt> attempts,
      String user,
      Map<String, Object> client,
      Admin admin,
      TenantId victim) {
    String group = victim.name() + ".probe";
    attempt(attempts, user, "join a group", group, () -> join(client, victim, group));
    attempt(
        attempts,
        user,
        "see a group",
        group,
        () -> get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
    attempt(
        attempts,
        user,
        "join the workers",
        Topics.workGroup("tokfsm"),
        () -> join(client, victim, Topics.workGroup("tokfsm")));
    attempt(
        attempts,
        user,
        "take over a service's transactions",
        "steerage-admission-admission-1",
        () -> transact(client, "steerage-admission-admission-1"));
    onCluster(attempts, user, admin, victim);
  }

  private static void onCluster(List<Attempt> attempts, String user, Admin admin, TenantId victim) {
    attempt(
        attempts,
        user,
        "make a topic",
        "steerage." + victim.name() + ".extra",
        () ->
            get(
                admin
                    .createTopics(
                        List.of(new NewTopic("steerage." + victim.name() + ".extra", 1, (short) 1)))
                    .all()));
    attempt(
        attempts,
        user,
        "see passwords",
        "principals",
        () -> get(admin.describeUserScramCredentials().users()));
    attempt(
        attempts,
        user,
        "see ACLs",
        "cluster",
        () -> get(admin.describeAcls(org.apache.kafka.common.acl.AclBindingFilter.ANY).values()));
    List<String> seen = new ArrayList<>();
    attempt(
        attempts,
        user,
        "find topics by listing",
        "steerage." + victim.name() + ".*",
        () -> {
          seen.addAll(
              get(admin.listTopics().names()).stream()
                  .filter(name -> name.startsWith("steerage." + victim.name() + "."))
                  .toList());
          if (seen.isEmpty()) {
            throw new org.apache.kafka.common.errors.TopicAuthorizationException("none listed");
          }
        });
  }

  private static void attempt(
      List<Attempt> attempts, String user, String what, String target, Trial trial) {
    try {
      trial.run();
      attempts.add(new Attempt(user, what, target, false, "done"));
    } catch (Exception e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      attempts.add(
          new Attempt(
              user,
              what,
              target,
              cause instanceof AuthorizationException,
              cause.getClass().getSimpleName()));
    }
  }

  private static void read(Map<String, Object> client, TopicPartition partition) {
    Map<String, Object> properties = without(client, "max.block.ms", "delivery.timeout.ms");
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 0);
      consumer.poll(Duration.ofSeconds(WAIT_S));
    }
  }

  private static void join(Map<String, Object> client, TenantId victim, String group) {
    Map<String, Object> properties = without(client, "max.block.ms", "delivery.timeout.ms");
    properties.put("group.id", group);
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partition = new TopicPartition(Topics.PROMPTS.of(victim).name(), 0);
      consumer.committed(java.util.Set.of(partition), Duration.ofSeconds(WAIT_S));
    }
  }

  private static void write(Map<String, Object> client, String topic) throws Exception {
    try (var producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, new byte[0])).get(WAIT_S, TimeUnit.SECONDS);
    }
  }

  private static void transact(Map<String, Object> client, String id) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("transactional.id", id);
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(WAIT_S, TimeUnit.SECONDS);
  }
}
