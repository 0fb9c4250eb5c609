package dev.steerage.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void shouldRunEveryChunkOnceWhateverTheThreads(int threads) {
    try (Team team = new Team("team", threads)) {
      for (int round = 0; round < 20_000; round++) {
        AtomicIntegerArray runs = new AtomicIntegerArray(round % 17);
        team.run(runs.length(), runs::incrementAndGet);
        for (int i = 0; i < runs.length(); i++) {
          assertThat(runs.get(i)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void shouldShareChunksWithThreadsThatHadGoneToSleep() throws Exception {
    try (Team team = new Team("team", 2)) {
      for (int round = 0; round < 5; round++) {
        Thread other = named("team-1");
        while (other.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
        // Neither chunk ends without the other, so both threads have to have one.
        CountDownLatch both = new CountDownLatch(2);
        team.run(
            2,
            chunk -> {
              both.countDown();
              assertThatNoException().isThrownBy(() -> both.await(30, TimeUnit.SECONDS));
            });
        assertThat(both.getCount()).isZero();
      }
    }
  }

  @Test
  void shouldWaitForAChunkThatTakesLong() {
    try (Team team = new Team("team", 2)) {
      AtomicIntegerArray done = new AtomicIntegerArray(2);
      Thread caller = Thread.currentThread();
      CountDownLatch both = new CountDownLatch(2);
      team.run(
          2,
          chunk -> {
            both.countDown();
            assertThatNoException().isThrownBy(() -> both.await(30, TimeUnit.SECONDS));
            while (Thread.currentThread() != caller && caller.getState() != Thread.State.WAITING) {
              LockSupport.parkNanos(10_000);
            }
            done.set(chunk, 1);
          });
      assertThat(done.get(0) + done.get(1)).isEqualTo(2);
    }
  }

  @Test
  void shouldServeASecondCallerAndCallsFromChunksOnTheirOwnThread() throws Exception {
    try (Team team = new Team("team", 2);
        ExecutorService callers = Executors.newFixedThreadPool(3)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(5);
      Team.Work nested = chunk -> team.run(5, runs::incrementAndGet);
      Future<?>[] calls = new Future<?>[3];
      for (int i = 0; i < calls.length; i++) {
        calls[i] =
            callers.submit(
                () -> {
                  for (int round = 0; round < 200; round++) {
                    team.run(10, nested);
                  }
                });
      }
      for (Future<?> call : calls) {
        call.get(30, TimeUnit.SECONDS);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(runs.get(i)).isEqualTo(3 * 200 * 10);
      }
    }
  }

  @Test
  void shouldSayThatAChunkFailedOnceTheOthersAreDone() {
    try (Team team = new Team("team", 2)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(20);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  team.run(
                      20,
                      chunk -> {
                        runs.incrementAndGet(chunk);
                        if (chunk == 3) {
                          throw new IllegalArgumentException("three");
                        }
                      }))
          .withMessage("three");
      for (int i = 0; i < 20; i++) {
        assertThat(runs.get(i)).isEqualTo(1);
      }
      team.run(20, runs::incrementAndGet);
      assertThat(runs.get(7)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldRunEveryTaskOnceWithAPlaceOfItsOwn(int threads) {
    try (Team team = new Team("team", threads)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(10_000);
      AtomicIntegerArray inPlace = new AtomicIntegerArray(threads);
      team.each(
          runs.length(),
          (number, place) -> {
            assertThat(inPlace.incrementAndGet(place)).as("threads in a place").isEqualTo(1);
            runs.incrementAndGet(number);
            inPlace.decrementAndGet(place);
          });
      for (int i = 0; i < runs.length(); i++) {
        assertThat(runs.get(i)).isEqualTo(1);
      }
    }
  }

  @Test
  void shouldBeginNoTaskAfterOneFailed() {
    try (Team team = new Team("team", 1)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(5);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  team.each(
                      5,
                      (number, place) -> {
                        runs.incrementAndGet(number);
                        if (number == 2) {
                          throw new IllegalArgumentException("two");
                        }
                      }))
          .withMessage("two");
      assertThat(runs.get(2)).isEqualTo(1);
      assertThat(runs.get(3)).isZero();
    }
  }

  @Test
  void shouldEndItsThreadsWhenItIsClosed() {
    Team team = new Team("closing", 3);
    Thread one = named("closing-1");
    team.close();
    assertThat(one.isAlive()).isFalse();
  }

  private static Thread named(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
