package dev.steerage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.Frames.Place;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.LookupRequests;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import io.aeron.Aeron;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.kafka.clients.admin.Admin;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@WithBroker
class IndexIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Site MLP = Site.parse("L0.mlp");

  private final TestBroker broker;
  private final TenantId tenant;
  private final ScratchFolder folder = ScratchFolder.create();
  private final Path aeronDirectory = folder.path().resolve("aeron");
  private final IndexClient client = new IndexClient(IndexClientConfig.of(aeronDirectory));

  IndexIT(TestBroker broker) {
    this.broker = broker;
    this.tenant = broker.newTenant();
    broker.send(Topics.MODELS, Frames.MODEL, Frames.card());
  }

  @AfterEach
  void close() {
    client.close();
    folder.close();
  }

  private IndexConfig config() {
    return IndexConfig.of(broker.bootstrap(), aeronDirectory).withIdle(IdleProfile.BALANCED);
  }

  private Message message(String request, int attempt, int first, List<Place> places) {
    return new Message(tenant.name(), request, attempt, first, places);
  }

  private void commit(Message message) {
    broker.send(Topics.ACTIVATIONS.of(tenant), message.request(), message.encode());
  }

  private static void add(long[] firings, List<Place> places) {
    places.forEach(place -> firings[place.codes()[3]]++);
  }

  private void awaitCounts(String what, long[] firings) {
    Await.untilAsserted(
        what,
        DEADLINE,
        () -> {
          for (int code = 0; code < firings.length; code += 50) {
            assertThat(client.counts(tenant, Frames.MODEL, new Code(MLP, code)).firings())
                .as("code %d", code)
                .isEqualTo(firings[code]);
          }
        });
  }

  @Test
  void shouldEqualARecountOfWhatIsCommittedAndWhatIsLive() {
    var random = new SplittableRandom(1);
    long[] committed = new long[1_000];
    long[] all = new long[1_000];
    try (var index = IndexService.start(config());
        var live = new LiveFrames(aeronDirectory, IndexStreams.DEFAULT_CHANNEL)) {
      Await.until("tenant", DEADLINE, () -> client.status(Optional.of(tenant)).caughtUp());
      live.awaitConnected();
      for (int i = 0; i < 40; i++) {
        List<Place> places = Frames.places(random, 20);
        List<Place> recorded = i % 2 == 0 ? places : places.subList(0, 10);
        live.send(message("r-" + i, 1, 0, places).encode());
        add(all, places);
        commit(message("r-" + i, 1, 0, recorded));
        add(committed, recorded);
      }
      awaitCounts("committed and live counts", all);
      assertThat(client.counts(tenant, Frames.MODEL, new Code(MLP, 0)).positions()).isEqualTo(800);
      Await.until(
          "20 x 10 positions without a record",
          DEADLINE,
          () -> index.metric(IndexMetric.LIVE_POSITIONS) == 200);
      assertThat(index.metric(IndexMetric.GAPS)).isZero();
    }
    // The overlay is gone with the process; the truth comes back from Kafka.
    try (var _ = IndexService.start(config())) {
      awaitCounts("committed counts after a restart", committed);
      assertThat(client.counts(tenant, Frames.MODEL, new Code(MLP, 0)).live()).isZero();
    }
  }

  @Test
  void shouldAnswerEveryKindOfQuestion() {
    Place place = new Place(4, 10, 110, 210, 500);
    try (var index = IndexService.start(config())) {
      commit(message("r", 1, 0, List.of(place, place)));
      var concept = new ConceptPut("fire", Frames.MODEL, List.of(Code.parse("L0.mlp:500")), "ann");
      broker.send(Topics.RULES.of(tenant), "fire", concept);
      Await.until(
          "record and concept",
          DEADLINE,
          () ->
              client.concept(tenant, "fire").codes().size() == 1
                  && client.positions(tenant, "r", 0, 9).positions().size() == 2);

      Code code = Code.parse("L0.mlp:500");
      var ofAll = new CodeLabel(Frames.MODEL, code, "said by the platform", "ops", 0.25);
      broker.send(Topics.PLATFORM_LABELS, ofAll.key(), ofAll);
      Await.until(
          "the platform's label",
          DEADLINE,
          () -> client.labels(tenant, Frames.MODEL, "platform", 5).found() == 1);
      assertThat(client.labels(tenant, Frames.MODEL, "platform", 5).labels().getFirst())
          .matches(each -> each.code().equals(code) && each.label().owner().isEmpty())
          .matches(each -> each.label().author().equals("ops") && each.label().score() == 0.25);
      assertThat(client.concept(tenant, "fire").revision()).isZero();
      assertThat(client.topCodes(tenant, Frames.MODEL, MLP, 5).codes())
          .singleElement()
          .matches(entry -> entry.code() == 500 && entry.firings() == 2);
      var contexts = client.contexts(tenant, Frames.MODEL, Code.parse("L0.mlp:500"), 5);
      assertThat(contexts.contexts()).hasSize(2);
      assertThat(contexts.firedOn()).singleElement().matches(token -> token.token() == 4);
      var status = client.status(Optional.of(tenant));
      assertThat(status.committedPositions())
          .isEqualTo(index.metric(IndexMetric.COMMITTED_POSITIONS));
      assertThat(status.partitions())
          .anyMatch(each -> each.topic().endsWith(".activations") && each.nextOffset() == 1);
      assertReason(
          Reason.UNKNOWN_CODE, () -> client.counts(tenant, Frames.MODEL, new Code(MLP, 1_000)));
      assertReason(
          Reason.UNKNOWN_SITE, () -> client.counts(tenant, Frames.MODEL, Code.parse("L7.mlp:1")));
      assertReason(
          Reason.UNKNOWN_TENANT,
          () -> client.counts(new TenantId("nobody"), Frames.MODEL, new Code(MLP, 1)));
    }
  }

  @Test
  void shouldCountRefusedRecordsAndGoOn() {
    try (var index = IndexService.start(config())) {
      long before = index.metric(IndexMetric.FOREIGN_RECORDS);
      byte[] whole = message("r", 1, 0, List.of(new Place(1, 1, 101, 201, 50))).encode();
      broker.send(Topics.ACTIVATIONS.of(tenant), "r", new byte[] {1, 2, 3});
      broker.send(Topics.ACTIVATIONS.of(tenant), "r", Arrays.copyOf(whole, whole.length - 1));
      broker.send(Topics.ACTIVATIONS.of(tenant), "r", whole);
      Await.until(
          "the good record",
          DEADLINE,
          () -> client.counts(tenant, Frames.MODEL, new Code(MLP, 50)).firings() == 1);
      assertThat(index.metric(IndexMetric.FOREIGN_RECORDS) - before).isEqualTo(2);
    }
  }

  @Test
  void shouldForgetATenantThatWasDeleted() throws Exception {
    var code = new Code(MLP, 50);
    var label = new CodeLabel(Frames.MODEL, code, "canary", "ana");
    try (var index = IndexService.start(config());
        var admin = Admin.create(Map.copyOf(broker.clientProperties()))) {
      commit(message("r", 1, 0, List.of(new Place(1, 1, 101, 201, 50))));
      broker.send(Topics.LABELS.of(tenant), label.key(), label);
      Await.until(
          "counts", DEADLINE, () -> client.counts(tenant, Frames.MODEL, code).firings() == 1);
      Await.until("label", DEADLINE, () -> labels() == 1);
      List<String> topics =
          admin.listTopics().names().get().stream()
              .filter(name -> name.startsWith("steerage." + tenant.name() + "."))
              .toList();

      admin.deleteTopics(topics).all().get();

      Await.untilAsserted(
          "nothing of the tenant",
          DEADLINE,
          () ->
              assertReason(Reason.UNKNOWN_TENANT, () -> client.counts(tenant, Frames.MODEL, code)));
      broker.provision(tenant);
      Await.until(
          "the new tenant of that name",
          DEADLINE,
          () -> client.counts(tenant, Frames.MODEL, code).firings() == 0);
      assertThat(labels()).isZero();
      assertThat(index.metric(IndexMetric.LIVE_POSITIONS)).isZero();
    }
  }

  private long labels() {
    return client.labels(tenant, Frames.MODEL, "canary", 10).labels().size();
  }

  @Test
  void shouldLeaveNothingBehindAndRefuseASecondIndexOnTheSameFolder() {
    try (var _ = IndexService.start(config())) {
      assertThatThrownBy(() -> IndexService.start(config()))
          .isInstanceOf(IndexException.class)
          .hasMessageContaining(aeronDirectory.toString());
      assertThat(client.status(Optional.empty()).tenants()).isNotNegative();
    }
    assertThat(Files.exists(aeronDirectory)).isFalse();
    assertThat(folder.path()).isEmptyDirectory();
  }

  @Test
  void shouldAnswerOnlyWhoProvesToSpeakForATenant() {
    TenantId other = broker.newTenant();
    var keys =
        TenantKeys.of(Map.of(tenant.name(), "key of a tenant 1", other.name(), "key of another 2"));
    var own = TenantKeys.of(Map.of(tenant.name(), "key of a tenant 1"));
    var wrong = TenantKeys.of(Map.of(tenant.name(), "some other key 3"));
    IndexClientConfig config = IndexClientConfig.of(aeronDirectory);
    try (var proving = new IndexClient(config.withKeys(own));
        var guessing = new IndexClient(config.withKeys(wrong))) {
      try (var _ = IndexService.start(config().withKeys(keys))) {
        Await.until("catch-up", DEADLINE, () -> proving.status(Optional.of(tenant)).caughtUp());
        assertReason(Reason.UNAUTHORIZED, () -> client.status(Optional.of(tenant)));
        assertReason(Reason.UNAUTHORIZED, () -> guessing.labels(tenant, Frames.MODEL, "", 5));
        assertReason(Reason.UNAUTHORIZED, () -> proving.digest(Optional.of(other)));
        assertReason(Reason.UNAUTHORIZED, () -> proving.digest(Optional.empty()));
      }
      // The next index knows nothing of the proof: the client gives it again.
      try (var _ = IndexService.start(config().withKeys(keys))) {
        Await.until("catch-up", DEADLINE, () -> proving.status(Optional.of(tenant)).caughtUp());
      }
    }
  }

  @Test
  void shouldAnswerOverUdp() {
    String channel = "aeron:udp?endpoint=127.0.0.1:" + freePort();
    try (var _ = IndexService.start(config().withChannel(channel));
        var remote = new IndexClient(IndexClientConfig.of(aeronDirectory).withChannel(channel));
        var live = new LiveFrames(aeronDirectory, channel)) {
      Await.until("catch-up", DEADLINE, () -> remote.status(Optional.of(tenant)).caughtUp());
      live.awaitConnected();
      List<Place> places = Frames.places(new SplittableRandom(5), 30);
      live.send(message("r", 1, 0, places).encode());
      Await.until(
          "live positions",
          DEADLINE,
          () -> remote.positions(tenant, "r", 0, 64).positions().size() == 30);
      assertThat(remote.positions(tenant, "r", 0, 64).positions())
          .allMatch(position -> position.live());
    }
  }

  /// Two neighbouring UDP ports that nobody has now.
  private static int freePort() {
    for (int port = 21_000; port < 22_000; port += 2) {
      try (var _ = new DatagramSocket(port, InetAddress.getLoopbackAddress());
          var _ = new DatagramSocket(port + 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException e) {
        // Taken: the next pair.
      }
    }
    throw new IllegalStateException("no two free UDP ports in 21000..22000");
  }

  @Test
  void shouldAnswerOneClientWhileAnotherDoesNotRead() {
    try (var index = IndexService.start(config());
        var aeron =
            Aeron.connect(new Aeron.Context().aeronDirectoryName(aeronDirectory.toString()));
        var answers =
            aeron.addSubscription(
                IndexStreams.responsesChannel(IndexStreams.DEFAULT_CHANNEL),
                IndexStreams.RESPONSES);
        var questions =
            aeron.addExclusivePublication(
                IndexStreams.requestsChannel(
                    IndexStreams.DEFAULT_CHANNEL, answers.registrationId()),
                IndexStreams.REQUESTS)) {
      Await.until("deaf client", DEADLINE, () -> questions.isConnected() && answers.isConnected());
      var frame = new UnsafeBuffer(new byte[LookupRequests.MAX_FRAME_BYTES]);
      int length = new LookupRequests().status(frame, 1, tenant.name());
      Await.until(
          "answers that the deaf client did not take",
          DEADLINE,
          () -> {
            for (int i = 0; i < 500; i++) {
              questions.offer(frame, 0, length);
            }
            return index.metric(IndexMetric.DROPPED_RESPONSES) > 0;
          });
      assertThat(client.status(Optional.of(tenant)).droppedResponses()).isPositive();
    }
  }

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            LookupException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }
}
