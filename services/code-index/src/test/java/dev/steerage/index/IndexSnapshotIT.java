package dev.steerage.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.snapshot.SnapshotSettings;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An index that begins with its snapshot knows what it would know without; a snapshot that is not
/// whole or not of these topics is not used.
@WithBroker
class IndexSnapshotIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration NEVER = Duration.ofHours(1);

  private final TestBroker broker;
  private final TenantId tenant;
  private final ScratchFolder folder = ScratchFolder.create();
  private final SnapshotSettings snapshots =
      new SnapshotSettings(folder.path().resolve("index"), NEVER);
  private final SplittableRandom random = new SplittableRandom(3);
  private int requests;

  IndexSnapshotIT(TestBroker broker) {
    this.broker = broker;
    this.tenant = broker.newTenant();
    broker.send(Topics.MODELS, Frames.MODEL, Frames.card());
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private Path aeron(String name) {
    return folder.path().resolve("aeron-" + name);
  }

  private IndexConfig config(String name) {
    return IndexConfig.of(broker.bootstrap(), aeron(name)).withIdle(IdleProfile.BALANCED);
  }

  private void commit(int records) {
    for (int i = 0; i < records; i++) {
      var message = new Message(tenant.name(), "r-" + requests, 1, 0, Frames.places(random, 10));
      broker.send(Topics.ACTIVATIONS.of(tenant), "r-" + requests++, message.encode());
    }
  }

  /// What an index says that has read everything.
  private IndexDigest digest(String name) {
    try (var client = new IndexClient(IndexClientConfig.of(aeron(name)))) {
      Await.until(
          "all records",
          DEADLINE,
          () ->
              client.status(Optional.empty()).caughtUp()
                  && client.digest(Optional.of(tenant)).partitions().stream()
                          .filter(each -> each.topic().endsWith(".activations"))
                          .mapToLong(each -> each.nextOffset())
                          .sum()
                      == requests);
      return client.digest(Optional.of(tenant));
    }
  }

  private void awaitCaughtUp(String name) {
    try (var client = new IndexClient(IndexClientConfig.of(aeron(name)))) {
      Await.until("catch-up", DEADLINE, () -> client.status(Optional.empty()).caughtUp());
    }
  }

  private long countsOf(String name) {
    try (var client = new IndexClient(IndexClientConfig.of(aeron(name)))) {
      long sum = 0;
      for (int code = 0; code < 1_000; code += 50) {
        sum += client.counts(tenant, Frames.MODEL, new Code(Site.parse("L0.mlp"), code)).firings();
      }
      return sum;
    }
  }

  private void takeSnapshot(int records) {
    try (var _ = IndexService.start(config("first").withSnapshots(snapshots))) {
      commit(records);
      digest("first");
    }
    assertThat(snapshots.file()).exists();
  }

  @Test
  void shouldReadOnlyWhatCameAfterItsSnapshot() {
    var concept = new ConceptPut("fire", Frames.MODEL, List.of(Code.parse("L0.mlp:500")), "ann");
    broker.send(Topics.RULES.of(tenant), "fire", concept);
    takeSnapshot(20);
    commit(5);
    try (var index = IndexService.start(config("second").withSnapshots(snapshots));
        var _ = IndexService.start(config("fresh"))) {
      assertThat(digest("second")).isEqualTo(digest("fresh"));
      assertThat(countsOf("second")).isEqualTo(250);
      assertThat(index.metric(IndexMetric.COMMITTED_POSITIONS)).isEqualTo(50);
      assertThat(index.metric(IndexMetric.SNAPSHOTS_REFUSED)).isZero();
    }
  }

  @Test
  void shouldRebuildWhenTheSnapshotIsDamaged() throws IOException {
    takeSnapshot(10);
    byte[] bytes = Files.readAllBytes(snapshots.file());
    bytes[bytes.length / 2] ^= 1;
    Files.write(snapshots.file(), bytes);
    assertRebuilt(100);
  }

  @Test
  void shouldRebuildWhenRecordsBehindTheSnapshotAreGone() throws Exception {
    takeSnapshot(10);
    commit(10);
    deleteRecords();
    commit(3);
    // What is left: the snapshot's records and those after it are not one piece any more.
    try (var index = IndexService.start(config("second").withSnapshots(snapshots))) {
      awaitCaughtUp("second");
      Await.until("the records that are left", DEADLINE, () -> countsOf("second") == 30);
      assertThat(index.metric(IndexMetric.SNAPSHOTS_REFUSED)).isEqualTo(1);
    }
  }

  private void deleteRecords() throws ExecutionException, InterruptedException {
    String topic = Topics.ACTIVATIONS.of(tenant).name();
    try (var admin = Admin.create(Map.<String, Object>copyOf(broker.clientProperties()))) {
      var partitions =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
      for (var partition : partitions) {
        var each = new TopicPartition(topic, partition.partition());
        admin.deleteRecords(Map.of(each, RecordsToDelete.beforeOffset(-1))).all().get();
      }
    }
  }

  private void assertRebuilt(long firings) {
    try (var index = IndexService.start(config("second").withSnapshots(snapshots))) {
      digest("second");
      assertThat(index.metric(IndexMetric.SNAPSHOTS_REFUSED)).isEqualTo(1);
      assertThat(countsOf("second")).isEqualTo(firings);
    }
  }
}
