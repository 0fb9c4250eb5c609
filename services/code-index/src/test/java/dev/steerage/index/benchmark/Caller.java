package dev.steerage.index.benchmark;

import dev.steerage.index.IdleProfile;
import dev.steerage.testkit.Await;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.file.Path;
import java.time.Duration;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/// Asks one question after the other; the same code for both peers.
final class Caller implements AutoCloseable {
  private final Peer peer;
  private final Aeron aeron;
  private final Subscription answers;
  private final ExclusivePublication questions;
  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1024]);
  private final IdleStrategy idle;
  private final FragmentHandler handler;
  private boolean answered;

  Caller(Path directory, IdleProfile profile, Peer peer) {
    this.peer = peer;
    idle = profile.strategy();
    handler = (in, offset, length, _) -> answered = peer.isAnswered(in, offset, length);
    aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
    answers = aeron.addSubscription(peer.answers(), peer.answerStream());
    questions =
        aeron.addExclusivePublication(
            peer.questions(answers.registrationId()), peer.questionStream());
    Await.until(
        "peer", Duration.ofSeconds(20), () -> questions.isConnected() && answers.isConnected());
  }

  void call() {
    answered = false;
    int length = peer.ask(buffer);
    idle.reset();
    while (questions.offer(buffer, 0, length) < 0) {
      idle.idle();
    }
    idle.reset();
    while (!answered) {
      idle.idle(answers.poll(handler, 1));
    }
  }

  void idleUntil(long timeNs) {
    idle.reset();
    while (System.nanoTime() < timeNs) {
      idle.idle();
    }
  }

  @Override
  public void close() {
    aeron.close();
  }
}
