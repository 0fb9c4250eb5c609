package dev.steerage.index.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.index.IdleProfile;
import dev.steerage.index.LiveFrames;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/// What a publisher of live frames meets when there is no index, or one that does not read.
class PublisherIT {
  private static final UnsafeBuffer FRAME = new UnsafeBuffer(new byte[1_024]);
  private static final int IPC_TERM_BYTES = 4 * 1024 * 1024;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /// Offers until the stream is full; how long the slowest offer took.
  private static Duration fill(ExclusivePublication publication) {
    long slowestNs = 0;
    long result;
    do {
      long start = System.nanoTime();
      result = publication.offer(FRAME);
      slowestNs = Math.max(slowestNs, System.nanoTime() - start);
    } while (result > 0 || result == Publication.ADMIN_ACTION);
    assertThat(result).isEqualTo(Publication.BACK_PRESSURED);
    return Duration.ofNanos(slowestNs);
  }

  @Test
  void shouldNotHoldUpAPublisherWhenThereIsNoIndex() {
    try (var folder = ScratchFolder.create();
        var _ = EmbeddedDriver.launch(folder.path().resolve("aeron"), IdleProfile.BALANCED);
        var live = new LiveFrames(folder.path().resolve("aeron"), IndexStreams.DEFAULT_CHANNEL)) {
      for (int i = 0; i < 10_000; i++) {
        assertThat(live.publication().offer(FRAME)).isEqualTo(Publication.NOT_CONNECTED);
      }
    }
  }

  @Test
  void shouldTellAPublisherAtOnceThatAHungIndexHasNoRoom() {
    try (var folder = ScratchFolder.create()) {
      Path directory = folder.path().resolve("aeron");
      try (var _ = EmbeddedDriver.launch(directory, IdleProfile.BALANCED);
          var hung = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
          var live = new LiveFrames(directory, IndexStreams.DEFAULT_CHANNEL)) {
        Subscription subscription = listen(hung);
        live.awaitConnected();

        Duration slowest = fill(live.publication());

        // A scheduler's slice on a busy machine is not a wait.
        assertThat(slowest).isLessThan(Duration.ofSeconds(1));
        subscription.close();
        Await.until(
            "the stream to be free of it",
            DEADLINE,
            () -> live.publication().offer(FRAME) == Publication.NOT_CONNECTED);
      }
    }
  }

  @Test
  void shouldLeaveAHungIndexBehindWhileAnotherOneReads() {
    try (var folder = ScratchFolder.create()) {
      Path directory = folder.path().resolve("aeron");
      try (var _ = EmbeddedDriver.launch(directory, IdleProfile.BALANCED);
          var aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
          var live = new LiveFrames(directory, IndexStreams.DEFAULT_CHANNEL)) {
        listen(aeron);
        Subscription reading = listen(aeron);
        live.awaitConnected();
        Await.until("both", DEADLINE, reading::isConnected);
        fill(live.publication());

        int[] read = new int[1];
        Await.until(
            "four streams' worth of frames to pass the hung index",
            DEADLINE,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                live.publication().offer(FRAME);
                reading.poll((_, _, _, _) -> read[0]++, 100);
              }
              return read[0] * FRAME.capacity() > 4 * IPC_TERM_BYTES;
            });
      }
    }
  }

  private static Subscription listen(Aeron aeron) {
    return aeron.addSubscription(
        IndexStreams.liveChannel(IndexStreams.DEFAULT_CHANNEL), IndexStreams.ACTIVATIONS);
  }
}
