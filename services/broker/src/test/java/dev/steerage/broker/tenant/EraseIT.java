package dev.steerage.broker.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.Provisioner;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a deleted tenant wrote is in no file of the broker's any more, and neither is its name, but
/// for the broker's own records of what topics there were.
///
/// Segments and pauses of compacted topics are short here; the catalogue's are minutes. The cleaner
/// looks every 15 seconds, and for whole segments every minute.
@Timeout(300)
@Tag("long")
class EraseIT {
  private static final TenantId GONE = new TenantId("gone");
  private static final TenantId STAYS = new TenantId("gone-too");
  private static final String CANARY = "canary-7f3a9c51";
  private static final Duration SOON = Duration.ofSeconds(240);

  /// Where a tenant's topics and groups are named.
  private static final Pattern OF_THE_BROKER = Pattern.compile("__[a-z_]+-\\d+");

  private static final List<Topic<?, ?>> SHARED =
      List.of(Topics.HISTOGRAMS, Topics.OBSERVATIONS, Topics.MONITOR_EDGES);

  private final Topic<?, ?> work = Topics.work("m");
  private final Topic<String, SessionState> sessions = Topics.sessions("m");

  @Test
  void shouldLeaveNothingOfADeletedTenantInAnyFile(@TempDir Path data) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerConfig.of(data.resolve("broker")));
        Provisioner provisioner = Provisioner.connect(broker.adminProperties());
        TenantReconciler reconciler =
            new TenantReconciler(broker.adminProperties(), new Secrets(data.resolve("secrets")))) {
      provisioner.ensureModel("m");
      reconciler.reconcile(List.of(TenantSpec.of(GONE), TenantSpec.of(STAYS)));
      shortSegments(broker);
      write(broker);
      assertThat(files(data, CANARY)).as("the canary is there before").hasSizeGreaterThan(8);
      assertThat(files(data, "gone/")).isNotEmpty();

      reconciler.delete(GONE);
      long end = System.nanoTime() + SOON.toNanos();
      int left;
      Collection<Path> found;
      do {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        readAll(broker);
        left = reconciler.erase(GONE);
        found = files(data, CANARY);
        found.addAll(files(data, "gone/"));
      } while ((left > 0 || !found.isEmpty()) && System.nanoTime() - end < 0);

      assertThat(found).isEmpty();
      assertThat(left).isZero();
      assertThat(files(data, "other tenant's")).as("what others wrote").isNotEmpty();
      assertThat(segmentMs(broker)).as("segments are as before").isEqualTo("14400000");
    }
  }

  /// What the statistics do.
  private static void readAll(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(new HashMap<>(broker.adminProperties()))) {
      for (Topic<?, ?> topic : SHARED) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int i = 0; i < topic.settings().partitions(); i++) {
          latest.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
        }
        Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
        admin
            .listOffsets(latest)
            .all()
            .get(20, TimeUnit.SECONDS)
            .forEach((partition, end) -> read.put(partition, new OffsetAndMetadata(end.offset())));
        admin
            .alterConsumerGroupOffsets("steerage-statistics", read)
            .all()
            .get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static String segmentMs(EmbeddedBroker broker) throws Exception {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.HISTOGRAMS.name());
    try (Admin admin = Admin.create(new HashMap<>(broker.adminProperties()))) {
      return admin
          .describeConfigs(List.of(topic))
          .all()
          .get(20, TimeUnit.SECONDS)
          .get(topic)
          .get("segment.ms")
          .value();
    }
  }

  private void shortSegments(EmbeddedBroker broker) throws Exception {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    List<String> topics =
        new ArrayList<>(
            List.of(work.name(), sessions.name(), Topics.MONITORS.name(), Topics.TENANTS.name()));
    SHARED.forEach(topic -> topics.add(topic.name()));
    Topics.ofTenant().forEach(kind -> topics.add(kind.of(GONE).name()));
    for (String topic : topics) {
      List<AlterConfigOp> ops = new ArrayList<>();
      boolean isShared = SHARED.stream().anyMatch(shared -> shared.name().equals(topic));
      for (String key :
          isShared
              ? List.of("file.delete.delay.ms")
              : List.of(
                  "segment.ms",
                  "max.compaction.lag.ms",
                  "delete.retention.ms",
                  "file.delete.delay.ms")) {
        ops.add(new AlterConfigOp(new ConfigEntry(key, "100"), AlterConfigOp.OpType.SET));
      }
      ops.add(
          new AlterConfigOp(
              new ConfigEntry("min.cleanable.dirty.ratio", "0.01"), AlterConfigOp.OpType.SET));
      changes.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), ops);
    }
    try (Admin admin = Admin.create(new HashMap<>(broker.adminProperties()))) {
      admin.incrementalAlterConfigs(changes).all().get(20, TimeUnit.SECONDS);
    }
  }

  private void write(EmbeddedBroker broker) throws Exception {
    Map<String, Object> client = new HashMap<>(broker.adminProperties());
    client.put("max.in.flight.requests.per.connection", 1);
    try (var producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 20; i++) {
        send(producer, work.name(), "gone/r-" + i, CANARY);
        send(producer, sessions.name(), "gone/s-" + i, CANARY);
        send(producer, Topics.MONITORS.name(), "gone/m-" + i, CANARY);
        for (Topic<?, ?> shared : SHARED) {
          send(producer, shared.name(), "gone/x-" + i, CANARY);
        }
        send(producer, Topics.PROMPTS.of(GONE).name(), "r-" + i, CANARY);
        send(producer, Topics.COMPLETIONS.of(GONE).name(), "r-" + i, CANARY);
        send(producer, work.name(), "gone-too/r-" + i, "other tenant's");
      }
      producer.flush();
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, String key, String value) {
    producer.send(
        new ProducerRecord<>(
            topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
  }

  /// Files under the folder that hold these bytes.
  private static List<Path> files(Path folder, String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file :
          (Iterable<Path>)
              all.filter(Files::isRegularFile)
                      .filter(
                          file ->
                              !OF_THE_BROKER
                                  .matcher(file.getParent().getFileName().toString())
                                  .matches())
                  ::iterator) {
        try {
          // Latin-1 keeps every byte.
          if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
            found.add(file);
          }
        } catch (IOException e) {
          // Deleted while we looked.
          continue;
        }
      }
    } catch (java.io.UncheckedIOException e) {
      // Deleted while we looked: look again.
      return new ArrayList<>(List.of(folder));
    }
    return found;
  }
}
