package dev.steerage.broker.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.TopicSettings.Role;
import dev.steerage.schemas.topic.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Tenants of one broker with passwords and ACLs: each does what the catalogue says, and no more.
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantIT {
  private static final Set<String> FOR_ALL = Set.of("steerage.models", "steerage.labels");

  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId BETA = new TenantId("acme-b");

  private static final String WORKER = ServicePrincipal.WORKER.user();

  private Path data;
  private EmbeddedBroker broker;
  private Secrets secrets;

  @BeforeAll
  void start(@TempDir Path folder) {
    data = folder;
    broker = EmbeddedBroker.start(BrokerConfig.of(data.resolve("broker")).secure());
    secrets = new Secrets(data.resolve("secrets"));
    try (TenantReconciler reconciler = reconciler()) {
      reconciler.reconcile(List.of(TenantSpec.of(ACME), TenantSpec.of(BETA)));
    }
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private TenantReconciler reconciler() {
    return new TenantReconciler(broker.adminProperties(), secrets);
  }

  private Map<String, Object> client(TenantId tenant, Role role) {
    String user = TenantAcls.user(tenant, role);
    Map<String, Object> client =
        new HashMap<>(Secrets.client(user, secrets.find(user).orElseThrow()));
    client.put("bootstrap.servers", broker.bootstrap());
    return client;
  }

  private static List<Topic<?, ?>> catalogue() {
    List<Topic<?, ?>> topics = new ArrayList<>(Topics.platform());
    for (TenantId tenant : List.of(ACME, BETA)) {
      Topics.ofTenant().forEach(kind -> topics.add(kind.of(tenant)));
    }
    return topics;
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldAllowEveryPrincipalWhatTheCatalogueSaysOnEveryTopic() throws Exception {
    for (TenantId tenant : List.of(ACME, BETA)) {
      for (Role role : TenantAcls.ROLES) {
        try (Admin admin = Admin.create(client(tenant, role))) {
          for (Topic<?, ?> topic : catalogue()) {
            assertThat(operations(admin, topic.name()))
                .as("%s.%s on %s", tenant, role, topic.name())
                .isEqualTo(declared(tenant, role, topic));
          }
          assertThat(get(admin.listTopics().names()))
              .as("%s.%s sees no other tenant", tenant, role)
              .allMatch(
                  name -> name.startsWith("steerage." + tenant + ".") || FOR_ALL.contains(name));
        }
      }
    }
  }

  @Test
  void shouldDeleteWhatEveryServiceHasReadWithADeletedTenantAndNothingElse() throws Exception {
    var read = new TopicPartition(Topics.OBSERVATIONS.name(), 0);
    var unread = new TopicPartition(Topics.OBSERVATIONS.name(), 1);
    try (Admin admin = Admin.create(new HashMap<>(broker.adminProperties()));
        var producer =
            new KafkaProducer<>(
                new HashMap<>(broker.adminProperties()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        TenantReconciler reconciler = reconciler()) {
      for (TopicPartition partition : List.of(read, read, read, read, unread)) {
        producer
            .send(
                new ProducerRecord<>(
                    partition.topic(), partition.partition(), new byte[] {1}, new byte[] {2}))
            .get(20, TimeUnit.SECONDS);
      }
      for (Map.Entry<String, Long> group :
          Map.of("steerage-statistics-monitors", 3L, "steerage-another", 4L, "others", 1L)
              .entrySet()) {
        get(
            admin
                .alterConsumerGroupOffsets(
                    group.getKey(), Map.of(read, new OffsetAndMetadata(group.getValue())))
                .all());
      }

      reconciler.erase(new TenantId("was-deleted"));

      var begins =
          get(
              admin
                  .listOffsets(Map.of(read, OffsetSpec.earliest(), unread, OffsetSpec.earliest()))
                  .all());
      assertThat(begins.get(read).offset()).isEqualTo(3);
      assertThat(begins.get(unread).offset()).isZero();
    }
  }

  @Test
  void shouldFindTheSameAclsHoweverManyOthersItIsAskedFor() {
    Set<String> users = Set.copyOf(TenantAcls.users(ACME));
    Set<String> few = Set.of(Topics.RULES.of(ACME).name(), Topics.COMPLETIONS.of(ACME).name());
    Set<String> many = new HashSet<>(few);
    IntStream.range(0, 60).forEach(i -> many.add("steerage.acme." + i));
    try (Admin admin = Admin.create(new HashMap<>(broker.adminProperties()))) {
      var acls = new ClusterAcls(admin);

      Set<AclBinding> found = acls.find(users, few).orElseThrow();

      assertThat(acls.find(users, many)).contains(found);
      assertThat(found)
          .as("the tenant's, and what services may write to its topics")
          .containsAll(TenantAcls.of(TenantSpec.of(ACME)))
          .anyMatch(binding -> binding.entry().principal().equals("User:" + WORKER));
    }
  }

  /// Written apart from [TenantAcls], from the words of the catalogue.
  private static Set<AclOperation> declared(TenantId tenant, Role role, Topic<?, ?> topic) {
    boolean isPlatform = FOR_ALL.contains(topic.name());
    Set<AclOperation> operations = new HashSet<>();
    if (isPlatform || topic.name().startsWith("steerage." + tenant + ".")) {
      if (topic.settings().readers().contains(role)) {
        operations.addAll(Set.of(AclOperation.READ, AclOperation.DESCRIBE));
      }
      if (topic.settings().writers().contains(role)) {
        operations.addAll(Set.of(AclOperation.WRITE, AclOperation.DESCRIBE));
      }
    }
    return operations;
  }

  private static Set<AclOperation> operations(Admin admin, String topic) throws Exception {
    var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
    try {
      TopicDescription description =
          get(admin.describeTopics(List.of(topic), options).topicNameValues().get(topic));
      return description.authorizedOperations();
    } catch (ExecutionException e) {
      // Not even that it exists.
      assertThat(e.getCause()).isInstanceOf(AuthorizationException.class);
      return Set.of();
    }
  }

  @Test
  void shouldNotLetOneTenantReadWriteOrSteerTheOther() throws Exception {
    write(client(ACME, Role.APP), Topics.PROMPTS.of(ACME).name());
    write(client(ACME, Role.POLICY), Topics.RULES.of(ACME).name());
    refused(() -> write(client(ACME, Role.APP), Topics.PROMPTS.of(BETA).name()));
    refused(() -> write(client(ACME, Role.POLICY), Topics.RULES.of(BETA).name()));
    refused(() -> write(client(ACME, Role.APP), Topics.RULES.of(ACME).name()));
    // Nobody forges an answer of the system.
    refused(() -> write(client(ACME, Role.APP), Topics.COMPLETIONS.of(ACME).name()));
    refused(() -> write(client(ACME, Role.POLICY), Topics.RULE_ACKS.of(ACME).name()));
    refused(() -> end(client(BETA, Role.VIEWER), Topics.COMPLETIONS.of(ACME).name()));
    refused(() -> read(client(BETA, Role.VIEWER), Topics.COMPLETIONS.of(ACME).name(), "acme-b.x"));
    refused(() -> read(client(BETA, Role.APP), Topics.COMPLETIONS.of(BETA).name(), "acme.x"));
    assertThat(read(client(ACME, Role.POLICY), Topics.RULES.of(ACME).name(), "acme.x"))
        .isEqualTo(1);
  }

  /// Something that a principal tries.
  private interface Attempt {
    void run() throws Exception;
  }

  private static void refused(Attempt attempt) {
    assertThatThrownBy(attempt::run)
        .satisfies(
            e ->
                assertThat(e instanceof ExecutionException ? e.getCause() : e)
                    .isInstanceOf(AuthorizationException.class));
  }

  private static void write(Map<String, Object> client, String topic) throws Exception {
    try (var producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, new byte[] {1})).get(20, TimeUnit.SECONDS);
    }
  }

  private static void end(Map<String, Object> client, String topic) throws Exception {
    try (Admin admin = Admin.create(client)) {
      get(admin.listOffsets(Map.of(new TopicPartition(topic, 0), OffsetSpec.latest())).all());
    }
  }

  private static int read(Map<String, Object> client, String topic, String group) {
    var properties = new HashMap<>(client);
    properties.put("group.id", group);
    properties.put("auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      int count = 0;
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (count == 0 && System.nanoTime() < deadline) {
        count += consumer.poll(Duration.ofMillis(100)).count();
      }
      return count;
    }
  }

  private String tenant(int status, String... args) {
    Path admin = data.resolve("admin.properties");
    List<String> lines = new ArrayList<>();
    broker.adminProperties().forEach((key, value) -> lines.add(key + "=" + value));
    try {
      Files.write(admin, lines);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    var out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap", broker.bootstrap(), "--client-properties", admin.toString()));
    all.addAll(List.of("--file", data.resolve("tenants.json").toString()));
    all.addAll(List.of("--secrets", data.resolve("secrets").toString()));
    int exit =
        new CommandLine(new TenantCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    assertThat(exit).as("%s", out).isEqualTo(status);
    return out.toString();
  }

  @Test
  void shouldCreateRotateSuspendAndDeleteATenant() throws Exception {
    var gone = new TenantId("gone");
    assertThat(tenant(0, "create", "gone", "--producer-bytes", "100000"))
        .contains(
            "topics made", "principal gone.policy made", "ACLs made", "quotas of gone.app set");
    assertThat(tenant(0, "apply")).contains("nothing to change");
    assertThat(tenant(0, "list")).contains("gone  active");
    assertThat(tenant(0, "show", "gone")).contains("steerage.gone.rules describe+read+write");
    Map<String, Object> before = client(gone, Role.APP);
    write(before, Topics.PROMPTS.of(gone).name());

    tenant(0, "rotate", "gone");
    assertThatThrownBy(() -> write(before, Topics.PROMPTS.of(gone).name()))
        .rootCause()
        .isInstanceOf(SaslAuthenticationException.class);
    write(client(gone, Role.APP), Topics.PROMPTS.of(gone).name());

    assertThat(tenant(1, "delete", "gone")).contains("suspend it first");
    assertThat(tenant(0, "suspend", "gone")).contains("ACLs deleted");
    refused(() -> write(client(gone, Role.APP), Topics.PROMPTS.of(gone).name()));
    end(client(gone, Role.APP), Topics.COMPLETIONS.of(gone).name());

    assertThat(tenant(0, "delete", "gone", "--no-wait")).contains("deleted");
    assertThat(tenant(0, "list")).doesNotContain("gone");
    assertThat(secrets.find("gone.app")).isEmpty();
    try (Admin admin = Admin.create(new HashMap<>(broker.adminProperties()))) {
      assertThat(get(admin.listTopics().names())).noneMatch(name -> name.contains(".gone."));
      assertThat(get(admin.describeUserScramCredentials().users()))
          .noneMatch(user -> user.startsWith("gone."));
    }
  }

  @Test
  void shouldChangeNothingTheSecondTime() {
    var limited =
        new TenantSpec(
            BETA,
            false,
            new TenantSpec.Quotas(
                OptionalLong.of(500_000), OptionalLong.empty(), OptionalLong.of(50)));
    try (TenantReconciler reconciler = reconciler()) {
      assertThat(reconciler.reconcile(List.of(limited))).hasSize(3);
      assertThat(reconciler.reconcile(List.of(TenantSpec.of(ACME), limited))).isEmpty();
      assertThat(reconciler.reconcile(List.of(TenantSpec.of(BETA)))).hasSize(3);
    }
  }
}
