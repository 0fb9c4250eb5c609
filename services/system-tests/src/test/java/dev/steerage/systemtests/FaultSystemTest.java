package dev.steerage.systemtests;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nothing is lost and nothing is doubled, whatever dies.
@Tag("fault")
class FaultSystemTest {

  @Test
  @Timeout(300)
  void shouldCompleteEveryRequestOnceWhateverDies() {
    try (var cluster = Cluster.start()) {
      new FaultScenario(cluster, 24, 60, 20).run();
    }
  }

  @Test
  @Tag("long")
  @Timeout(900)
  void shouldComplete200RequestsOnceWhateverDies() {
    try (var cluster = Cluster.start()) {
      new FaultScenario(cluster, 200, 100, 10).run();
    }
  }
}
