package dev.steerage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Waits end, and say for what they waited.
class AwaitTest {

  @Test
  void shouldReturnValueOnceThere() {
    var looks = new AtomicInteger();

    int value =
        Await.value(
            "third look",
            Duration.ofSeconds(10),
            () -> looks.incrementAndGet() < 3 ? Optional.empty() : Optional.of(looks.get()));

    assertThat(value).isEqualTo(3);
  }

  @Test
  void shouldNameWhatItWaitedForAtDeadline() {
    assertThatThrownBy(() -> Await.until("the impossible", Duration.ofMillis(20), () -> false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the impossible");
  }

  @Test
  void shouldReportLastFailureAtDeadline() {
    assertThatThrownBy(
            () ->
                Await.untilAsserted(
                    "equality", Duration.ofMillis(20), () -> assertThat(1).isEqualTo(2)))
        .hasMessageContaining("equality")
        .hasCauseInstanceOf(AssertionError.class);
  }
}
