package dev.steerage.index;

import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.testkit.Await;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.nio.file.Path;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;

/// Publishes live frames as a worker does.
public final class LiveFrames implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Aeron aeron;
  private final ExclusivePublication publication;
  private long sequence;

  public LiveFrames(Path directory, String channel) {
    aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
    publication =
        aeron.addExclusivePublication(
            IndexStreams.activationsChannel(channel), IndexStreams.ACTIVATIONS);
  }

  public ExclusivePublication publication() {
    return publication;
  }

  /// Waits for an index to listen.
  public LiveFrames awaitConnected() {
    Await.until("an index on the live stream", DEADLINE, publication::isConnected);
    return this;
  }

  /// Sends a frame and waits until the stream has taken it.
  public void send(byte[] frame) {
    sequence++;
    Await.until("room on the live stream", DEADLINE, () -> tryOffer(frame) > 0);
  }

  /// Numbers a frame and does not send it, as a worker does whose queue is full.
  public void lose() {
    sequence++;
  }

  private long tryOffer(byte[] frame) {
    return publication.offer(new UnsafeBuffer(frame), 0, frame.length, (_, _, _) -> sequence);
  }

  @Override
  public void close() {
    aeron.close();
  }
}
