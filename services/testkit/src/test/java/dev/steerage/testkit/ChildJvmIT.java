package dev.steerage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A child can be heard, stopped, woken and killed.
@Timeout(60)
class ChildJvmIT {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /// Counts aloud until somebody ends it.
  static final class Counter {

    private Counter() {}

    public static void main(String[] args) {
      for (int i = 0; ; i++) {
        System.out.println(args[0] + i);
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  /// Fails at once.
  static final class Failing {

    private Failing() {}

    public static void main(String[] args) {
      System.out.println("last words");
      System.exit(3);
    }
  }

  @Test
  void shouldBeSilentWhileSuspended() {
    try (var child = ChildJvm.start(program(Counter.class, "n"))) {
      child.awaitLine("first line", DEADLINE, line -> line.equals("n3"));
      child.suspend();
      int atStop = settledCount(child);

      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      assertThat(child.lines()).hasSize(atStop);

      child.resume();
      Await.until("lines after waking", DEADLINE, () -> child.lines().size() > atStop);
      child.kill();
      assertThat(child.isAlive()).isFalse();
    }
  }

  @Test
  void shouldEndWaitWhenChildFails() {
    try (var child = ChildJvm.start(program(Failing.class, ""))) {
      assertThatThrownBy(() -> child.awaitLine("never", DEADLINE, line -> line.equals("never")))
          .hasMessageContaining("status=3")
          .hasMessageContaining("last words");
    }
  }

  /// Lines already in the pipe arrive after the stop.
  private static int settledCount(ChildJvm child) {
    int[] last = {-1};
    Await.until(
        "pipe to drain",
        DEADLINE,
        () -> {
          int now = child.lines().size();
          LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
          boolean settled = now == last[0];
          last[0] = now;
          return settled;
        });
    return last[0];
  }

  private static ChildJvm.Program program(Class<?> main, String arg) {
    return new ChildJvm.Program(main.getSimpleName(), main.getName(), "64m", List.of(arg));
  }
}
