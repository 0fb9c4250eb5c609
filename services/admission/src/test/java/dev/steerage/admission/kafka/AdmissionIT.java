package dev.steerage.admission.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.AdmissionService;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.DeadLetter;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.CommitMetadata;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.TopicReader;
import dev.steerage.testkit.WithBroker;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@WithBroker
class AdmissionIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String GOOD = "{\"model\":\"m\",\"text\":\"1\"}";

  private final TestBroker broker;
  private TenantId tenant;
  private PrometheusRegistry registry;
  private AdmissionService admission;

  AdmissionIT(TestBroker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void start() throws InterruptedException {
    tenant = broker.newTenant();
    broker.provision(List.of(Topics.work("m")));
    announce("m");
    admission = begin();
  }

  @AfterEach
  void stop() {
    admission.close();
    assertThat(admission.isAlive()).isFalse();
  }

  private AdmissionService begin() throws InterruptedException {
    registry = new PrometheusRegistry();
    AdmissionService service =
        AdmissionService.start(AdmissionConfig.of(broker.bootstrap(), Map.of()), registry);
    assertThat(service.awaitReady(SOON)).isTrue();
    return service;
  }

  /// Sets how many requests of the tenant may be under way.
  private void allow(int requests) {
    broker.send(
        Topics.TENANTS,
        tenant.name(),
        new TenantQuota(
            tenant.name(),
            1,
            OptionalDouble.empty(),
            OptionalInt.of(requests),
            OptionalInt.empty()));
  }

  /// Requests of one partition, r-0 and so on.
  private void promptInOnePartition(int count) {
    for (int i = 0; i < count; i++) {
      prompt(tenant, "same-partition", bytes(GOOD.replace("{", "{\"request\":\"r-" + i + "\",")));
    }
  }

  /// Times that admission has begun with new clients.
  private double sessions() {
    return registry.scrape(name -> name.endsWith("admission_sessions")).stream()
        .flatMap(metric -> metric.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private void announce(String model) {
    var site = new ModelCard.SiteCard("L0.mlp", 20, 1, 4);
    broker.send(
        Topics.MODELS,
        model,
        new ModelCard(
            model,
            "00",
            "reference",
            12,
            16,
            10_000,
            10,
            "characters",
            List.of(site),
            List.of("w")));
  }

  private RecordMetadata prompt(TenantId to, String key, byte[] value) {
    return broker.send(record(to, key, value));
  }

  private ProducerRecord<byte[], byte[]> record(TenantId to, String key, byte[] value) {
    return new ProducerRecord<>(
        Topics.PROMPTS.of(to).name(),
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldForwardAPromptWithItsHeaders() {
    ProducerRecord<byte[], byte[]> record = record(tenant, "r-1", bytes(GOOD));
    record.headers().add("traceparent", bytes("00-abc-def-01"));
    record.headers().add("correlation-id", bytes("c-1"));
    record.headers().add("secret", bytes("stays"));
    RecordMetadata sent = broker.send(record);
    try (var work = broker.read(Topics.work("m"))) {
      ConsumerRecord<String, Work> forwarded =
          work.await("the prompt", SOON, found -> found.value().tenant().equals(tenant.name()));
      assertThat(forwarded.key()).isEqualTo(tenant.name() + "/r-1");
      assertThat(forwarded.value().request()).isEqualTo("r-1");
      assertThat(forwarded.value().sourceOffset()).isEqualTo(sent.offset());
      assertThat(header(forwarded, "traceparent")).isEqualTo("00-abc-def-01");
      assertThat(header(forwarded, "correlation-id")).isEqualTo("c-1");
      assertThat(forwarded.headers().lastHeader("secret")).isNull();
    }
  }

  @Test
  void shouldAnswerARefusalAndKeepTheRecordUntouched() {
    byte[] value = bytes("{\"model\":\"nope\",\"text\":\"1\"}");
    ProducerRecord<byte[], byte[]> record = record(tenant, "r-2", value);
    record.headers().add("kafka_replyPartition", ByteBuffer.allocate(4).putInt(2).array());
    record.headers().add("own", bytes("kept"));
    RecordMetadata sent = broker.send(record);
    try (var completions = broker.read(Topics.COMPLETIONS.of(tenant));
        var letters = broker.read(Topics.DEAD_LETTERS.of(tenant))) {
      ConsumerRecord<String, Completion> answer = completions.await("an answer", SOON, _ -> true);
      assertThat(answer.key()).isEqualTo("r-2");
      assertThat(answer.partition()).isEqualTo(2);
      assertThat(answer.value())
          .isInstanceOfSatisfying(
              Completion.Finished.class,
              finished -> assertThat(finished.reason()).isEqualTo(Completion.Reason.REFUSED));
      var letter = letters.await("a dead letter", SOON, _ -> true);
      assertThat(letter.value()).isEqualTo(value);
      assertThat(letter.key()).isEqualTo(bytes("r-2"));
      assertThat(header(letter, DeadLetter.REASON)).isEqualTo("unknown-model");
      assertThat(header(letter, DeadLetter.SOURCE_TOPIC)).isEqualTo(sent.topic());
      assertThat(header(letter, DeadLetter.SOURCE_OFFSET)).isEqualTo("" + sent.offset());
      assertThat(header(letter, "own")).isEqualTo("kept");
    }
  }

  @Test
  void shouldAnswerEveryRecordOnceWhateverIsSent() {
    Random random = new Random(5);
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      values.add(random.nextInt(3) == 0 ? noise : bytes(GOOD));
    }
    byte[] oversized = new byte[1_000_000];
    Arrays.fill(oversized, (byte) 'a');
    values.add(oversized);
    int good = 0;
    for (int i = 0; i < values.size(); i++) {
      prompt(tenant, "k" + i, values.get(i));
      good += Arrays.equals(values.get(i), bytes(GOOD)) ? 1 : 0;
    }
    int bad = values.size() - good;
    try (var work = broker.read(Topics.work("m"));
        var completions = broker.read(Topics.COMPLETIONS.of(tenant));
        var letters = broker.read(Topics.DEAD_LETTERS.of(tenant))) {
      work.awaitCount("prompts", SOON, good, found -> found.value().tenant().equals(tenant.name()));
      completions.awaitCount("answers", SOON, bad, _ -> true);
      letters.awaitCount("dead letters", SOON, bad, _ -> true);
      assertThat(completions.toEnd()).hasSize(bad);
      assertThat(letters.toEnd()).hasSize(bad);
    }
  }

  @Test
  void shouldRecogniseARepetitionAfterARestart() throws InterruptedException {
    RecordMetadata first = prompt(tenant, "r-3", bytes(GOOD));
    try (var work = broker.read(Topics.work("m"));
        var completions = broker.read(Topics.COMPLETIONS.of(tenant));
        var letters = broker.read(Topics.DEAD_LETTERS.of(tenant))) {
      awaitWork(work);
      admission.close();
      admission = begin();
      prompt(tenant, "r-3", bytes(GOOD));
      prompt(tenant, "r-3", bytes("{\"model\":\"m\",\"text\":\"2\"}"));
      var letter = letters.await("a dead letter", SOON, _ -> true);
      assertThat(header(letter, DeadLetter.REASON)).isEqualTo("id-conflict");
      assertThat(completions.toEnd())
          .extracting(ConsumerRecord::value)
          .containsExactly(new Completion.Duplicate("r-3", first.partition(), first.offset()));
      assertThat(awaitWork(work)).hasSize(1);
    }
  }

  private List<ConsumerRecord<String, Work>> awaitWork(TopicReader<String, Work> work) {
    return work.awaitCount(
        "the prompt", SOON, 1, found -> found.value().tenant().equals(tenant.name()));
  }

  @Test
  void shouldNoticeANewTenant() {
    TenantId late = broker.newTenant();
    prompt(late, "r-4", bytes(GOOD));
    try (var work = broker.read(Topics.work("m"))) {
      work.await(
          "the new tenant's prompt", SOON, found -> found.value().tenant().equals(late.name()));
    }
  }

  @Test
  void shouldGoOnInOneSessionWhileTenantsCome() {
    List<String> sent = new ArrayList<>();
    try (var work = broker.read(Topics.work("m"))) {
      for (int round = 0; round < 3; round++) {
        TenantId guest = broker.newTenant();
        prompt(guest, "hello", bytes(GOOD));
        // Prompts of somebody else meanwhile: every generation of the group meets open batches.
        Await.until(
            "the guest's prompt",
            SOON,
            () -> {
              String request = "s-" + sent.size();
              sent.add(request);
              prompt(tenant, request, bytes(GOOD));
              return work.toEnd().stream()
                  .anyMatch(found -> found.value().tenant().equals(guest.name()));
            });
      }
      Await.untilAsserted(
          "all prompts once",
          SOON,
          () ->
              assertThat(
                      work.toEnd().stream()
                          .filter(found -> found.value().tenant().equals(tenant.name()))
                          .map(found -> found.value().request()))
                  .containsExactlyInAnyOrderElementsOf(sent));
    }
    assertThat(sessions()).as("sessions").isOne();
  }

  @Test
  void shouldServeAModelThatWasAnnouncedJustNow() {
    broker.provision(List.of(Topics.work("late")));
    announce("late");
    prompt(tenant, "r-5", bytes("{\"model\":\"late\",\"text\":\"1\"}"));
    try (var work = broker.read(Topics.work("late"))) {
      work.await("the prompt", SOON, _ -> true);
    }
  }

  @Test
  void shouldRefuseAModelWithoutAWorkTopic() {
    announce("nowhere");
    prompt(tenant, "r-6", bytes("{\"model\":\"nowhere\",\"text\":\"1\"}"));
    prompt(tenant, "r-7", bytes(GOOD));
    try (var completions = broker.read(Topics.COMPLETIONS.of(tenant));
        var work = broker.read(Topics.work("m"))) {
      completions.await("a refusal", SOON, found -> found.key().equals("r-6"));
      awaitWork(work);
    }
  }

  @Test
  @Tag("fault")
  void shouldForwardEveryPromptOnceWhenInstancesAreStoppedAndStarted() throws InterruptedException {
    try (var work = broker.read(Topics.work("m"))) {
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 50; i++) {
          prompt(tenant, "q" + round + "-" + i, bytes(GOOD));
        }
        admission.close();
        admission = begin();
      }
      Await.untilAsserted(
          "all prompts once",
          SOON,
          () ->
              assertThat(
                      work.toEnd().stream()
                          .filter(found -> found.value().tenant().equals(tenant.name()))
                          .map(found -> found.value().request()))
                  .hasSize(200)
                  .doesNotHaveDuplicates());
    }
  }

  private List<String> admitted(TenantId of, int count) {
    try (var work = broker.read(Topics.work("m"))) {
      Await.until(
          count + " admitted prompts of " + of,
          SOON,
          () ->
              work.toEnd().stream().filter(w -> w.value().tenant().equals(of.name())).count()
                  >= count);
      return work.toEnd().stream()
          .filter(w -> w.value().tenant().equals(of.name()))
          .map(w -> w.value().request())
          .toList();
    }
  }

  /// What a worker does when everything it took has ended.
  private void finishAll() throws Exception {
    finishAllBut(_ -> false);
  }

  private void finishAllBut(Predicate<Work> isUnfinished) throws Exception {
    Map<Integer, List<Long>> unfinished = new HashMap<>();
    try (var work = broker.read(Topics.work("m"))) {
      work.toEnd().stream()
          .filter(found -> isUnfinished.test(found.value()))
          .forEach(
              found ->
                  unfinished
                      .computeIfAbsent(found.partition(), _ -> new ArrayList<>())
                      .add(found.offset()));
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (int i = 0; i < Topics.work("m").settings().partitions(); i++) {
        latest.put(new TopicPartition(Topics.work("m").name(), i), OffsetSpec.latest());
      }
      Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach(
              (partition, at) -> {
                List<Long> open = unfinished.getOrDefault(partition.partition(), List.of());
                var metadata = new CommitMetadata(at.offset(), open);
                done.put(
                    partition, new OffsetAndMetadata(metadata.lowWatermark(), metadata.encode()));
              });
      admin.alterConsumerGroupOffsets(Topics.workGroup("m"), done).all().get();
    }
  }

  @Test
  void shouldLetATenantWaitInItsTopicWhenItHasEnoughUnderWayAndNobodyElse() throws Exception {
    TenantId other = broker.newTenant();
    allow(2);
    admission.close();
    admission = begin();
    promptInOnePartition(4);
    assertThat(admitted(tenant, 2)).containsExactly("r-0", "r-1");
    prompt(other, "o-1", bytes(GOOD));
    assertThat(admitted(other, 1)).containsExactly("o-1");
    assertThat(admitted(tenant, 2)).hasSize(2);
    // Whoever comes next counts what is under way, and does not begin anew.
    admission.close();
    admission = begin();
    prompt(other, "o-2", bytes(GOOD));
    assertThat(admitted(other, 2)).containsExactlyInAnyOrder("o-1", "o-2");
    assertThat(admitted(tenant, 2)).hasSize(2);
    finishAll();
    assertThat(admitted(tenant, 4)).containsExactlyInAnyOrder("r-0", "r-1", "r-2", "r-3");
  }

  @Test
  void shouldSayExpiredInTimeOfAPromptThatWaitsInItsTopic() {
    allow(1);
    try (var completions = broker.read(Topics.COMPLETIONS.of(tenant))) {
      // A quota is known within a second of being written.
      Await.until(
          "the quota",
          SOON,
          () -> {
            long before = System.currentTimeMillis();
            String soon = ",\"deadlineMs\":" + (before + 1_000) + "}";
            prompt(tenant, null, bytes(GOOD.replace("}", soon)));
            return completions.toEnd().stream()
                .map(ConsumerRecord::value)
                .anyMatch(
                    said ->
                        said instanceof Completion.Finished end
                            && end.reason() == Completion.Reason.EXPIRED);
          });
    }
  }

  @Test
  void shouldNotBeginAfterAWaitWhatCouldNotEndInTime() throws Exception {
    long patienceMs = 3_000;
    allow(2);
    admission.close();
    admission = begin();
    promptInOnePartition(2);
    assertThat(admitted(tenant, 2)).containsExactly("r-0", "r-1");
    long sent = System.currentTimeMillis();
    String late = "{\"request\":\"r-2\",\"deadlineMs\":" + (sent + patienceMs) + ",";
    prompt(tenant, "same-partition", bytes(GOOD.replace("{", late)));
    Await.until(
        "half of its time to be over",
        SOON,
        () -> System.currentTimeMillis() > sent + patienceMs / 2);
    // The first has taken longer than the third has left: four deviations more are expected.
    finishAllBut(work -> work.tenant().equals(tenant.name()) && !work.request().equals("r-0"));
    try (var completions = broker.read(Topics.COMPLETIONS.of(tenant))) {
      var end = completions.await("its end", SOON, found -> found.key().equals("r-2"));
      assertThat(end.value())
          .isInstanceOfSatisfying(
              Completion.Finished.class,
              said -> assertThat(said.reason()).isEqualTo(Completion.Reason.EXPIRED));
      assertThat(end.timestamp()).isLessThan(sent + patienceMs);
    }
    assertThat(admitted(tenant, 2)).hasSize(2);
  }
}
