package dev.steerage.worker.tick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class TickBufferTest {
  private final AtomicLong nowNs = new AtomicLong();
  private final TickBuffer ticks = new TickBuffer(nowNs::get, 20, 1_000);

  private static List<TickEvent> taken(int partition, long offset) {
    return List.of(new TickEvent.Taken(partition, offset));
  }

  private void pass(long ms) {
    nowNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
  }

  @Test
  void shouldHandOutAnUrgentTickAtOnce() throws InterruptedException {
    ticks.add(taken(0, 1), false);
    ticks.add(taken(0, 2), true);

    assertThat(ticks.take().events()).hasSize(2);
  }

  @Test
  void shouldHandOutATickWhenItsIntervalIsOver() throws InterruptedException {
    ticks.add(taken(0, 1), false);
    pass(20);

    assertThat(ticks.take().events()).hasSize(1);
  }

  @Test
  void shouldLetDecodingGoOnDuringACommitUntilItIsTwoTicksAhead() throws InterruptedException {
    ticks.add(taken(0, 1), true);
    ticks.take();
    ticks.add(taken(0, 2), false);
    pass(39);
    assertThat(ticks.isAhead()).isFalse();

    pass(1);
    assertThat(ticks.isAhead()).isTrue();

    ticks.done();
    assertThat(ticks.isAhead()).isFalse();
  }

  @Test
  void shouldMakeDecodingWaitWhenTheTickIsLarge() {
    for (int i = 0; i < 20; i++) {
      ticks.add(taken(0, i), false);
    }

    assertThat(ticks.isAhead()).isTrue();
  }

  @Test
  void shouldForgetTheEventsOfPartitionsThatWereLost() throws InterruptedException {
    ticks.add(taken(0, 1), false);
    ticks.add(taken(1, 1), true);

    ticks.forget(Set.of(1));

    assertThat(ticks.take().events()).containsExactlyElementsOf(taken(0, 1));
  }

  @Test
  void shouldHandOutAFlushWithoutEvents() throws InterruptedException {
    var committed = new AtomicBoolean();
    ticks.flush(() -> committed.set(true));

    ticks.take().whenCommitted().forEach(Runnable::run);

    assertThat(committed).isTrue();
  }

  @Test
  void shouldEndAfterTheLastTickOnceClosed() throws InterruptedException {
    ticks.add(taken(0, 1), false);

    ticks.close();

    assertThat(ticks.take().events()).hasSize(1);
    assertThat(ticks.take()).isNull();
  }
}
