package dev.steerage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.Frames.Place;
import dev.steerage.index.aeron.EmbeddedDriver;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ChildJvm;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What is lost when an index, its media driver or its frames are lost: freshness.
@Tag("fault")
@WithBroker
class IndexLossIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Site MLP = Site.parse("L0.mlp");

  private final TestBroker broker;
  private final TenantId tenant;
  private final ScratchFolder folder = ScratchFolder.create();
  private final ScratchFolder snapshots = ScratchFolder.create();
  private final Path aeronDirectory = folder.path().resolve("aeron");
  private final IndexClient client =
      new IndexClient(IndexClientConfig.of(aeronDirectory).withTimeout(Duration.ofSeconds(2)));
  private final long[] firings = new long[1_000];
  private final SplittableRandom random = new SplittableRandom(3);
  private int requests;

  IndexLossIT(TestBroker broker) {
    this.broker = broker;
    this.tenant = broker.newTenant();
    broker.send(Topics.MODELS, Frames.MODEL, Frames.card());
  }

  @AfterEach
  void close() {
    client.close();
    folder.close();
    snapshots.close();
  }

  private IndexConfig config() {
    return IndexConfig.of(broker.bootstrap(), aeronDirectory).withIdle(IdleProfile.BALANCED);
  }

  private byte[] next() {
    List<Place> places = Frames.places(random, 10);
    places.forEach(place -> firings[place.codes()[3]]++);
    return new Message(tenant.name(), "r-" + requests++, 1, 0, places).encode();
  }

  private void commit(byte[] message) {
    broker.send(Topics.ACTIVATIONS.of(tenant), "r", message);
  }

  private void awaitCounts(String what) {
    Await.untilAsserted(
        what,
        DEADLINE,
        () -> {
          for (int code = 0; code < firings.length; code += 50) {
            var counts = client.counts(tenant, Frames.MODEL, new Code(MLP, code));
            assertThat(counts.firings()).as("code %d", code).isEqualTo(firings[code]);
          }
        });
  }

  private ChildJvm indexProcess(String name) {
    return ChildJvm.start(
        new ChildJvm.Program(
            name,
            IndexMain.class.getName(),
            "256m",
            List.of(
                "--bootstrap",
                broker.bootstrap(),
                "--aeron-dir",
                aeronDirectory.toString(),
                "--snapshots",
                snapshots.path().toString(),
                "--snapshot-interval-s",
                "1",
                "--idle",
                "BALANCED")));
  }

  @Test
  void shouldEqualARecountAfterItWasKilledInTheMiddle() {
    try (var first = indexProcess("index-1")) {
      first.awaitLine("ready", DEADLINE, line -> line.startsWith("ready: index"));
      for (int i = 0; i < 50; i++) {
        commit(next());
      }
      Await.until(
          "some counts",
          DEADLINE,
          () -> client.counts(tenant, Frames.MODEL, new Code(MLP, 0)).positions() > 0);
      first.kill();
    }
    for (int i = 0; i < 50; i++) {
      commit(next());
    }
    // The folder that the killed one left is cleared, and the same client finds its successor.
    try (var second = indexProcess("index-2")) {
      second.awaitLine("ready", DEADLINE, line -> line.startsWith("ready: index"));
      awaitCounts("counts of both lives");
      assertThat(second.terminate()).isEqualTo(143);
    }
    assertThat(folder.path()).isEmptyDirectory();
  }

  @Test
  void shouldCountFramesThatNeverCameAndLearnThemFromTheirRecords() {
    try (var index = IndexService.start(config());
        var live = new LiveFrames(aeronDirectory, IndexStreams.DEFAULT_CHANNEL)) {
      Await.until("catch-up", DEADLINE, () -> client.status(Optional.of(tenant)).caughtUp());
      live.awaitConnected();
      for (int i = 0; i < 30; i++) {
        byte[] message = next();
        if (i % 3 == 1) {
          live.lose();
        } else {
          live.send(message);
        }
        commit(message);
      }
      awaitCounts("all counts");
      Await.until(
          "no live position", DEADLINE, () -> index.metric(IndexMetric.LIVE_POSITIONS) == 0);
      assertThat(index.metric(IndexMetric.GAPS)).isEqualTo(10);
    }
  }

  @Test
  void shouldKeepWhatItKnowsWhenItsMediaDriverIsReplaced() {
    var config = config().withEmbeddedDriver(false);
    EmbeddedDriver first = EmbeddedDriver.launch(aeronDirectory, IdleProfile.BALANCED);
    try (var index = IndexService.start(config)) {
      commit(next());
      awaitCounts("counts before");
      long records = index.metric(IndexMetric.COMMITTED_RECORDS);
      first.close();
      try (var _ = EmbeddedDriver.launch(aeronDirectory, IdleProfile.BALANCED)) {
        awaitCounts("counts over the new driver");
        assertThat(index.metric(IndexMetric.COMMITTED_RECORDS)).isEqualTo(records);
      }
    } finally {
      first.close();
    }
  }

  @Test
  void shouldTellAClientThatNobodyAnswers() {
    var config = IndexClientConfig.of(aeronDirectory).withTimeout(Duration.ofMillis(300));
    try (var lonely = new IndexClient(config)) {
      assertUnavailable(lonely);
      try (var _ = EmbeddedDriver.launch(aeronDirectory, IdleProfile.BALANCED)) {
        assertUnavailable(lonely);
      }
    }
  }

  private static void assertUnavailable(IndexClient client) {
    assertThatThrownBy(() -> client.status(Optional.empty()))
        .isInstanceOfSatisfying(
            LookupException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNAVAILABLE))
        .hasMessageContaining("aeron directory=");
  }
}
