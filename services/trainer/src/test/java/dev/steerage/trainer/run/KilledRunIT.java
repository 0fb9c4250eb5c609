package dev.steerage.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.testkit.Await;
import dev.steerage.testkit.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process dies as by `kill -9` while it trains; the same command goes on.
@Tag("fault")
class KilledRunIT {
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void shouldGiveTheSameWeightsAsARunThatWasNotKilled() {
    Path config = TinyRun.config(folder, 300, 200, "0.003");
    Path whole = TinyRun.train(config, folder.resolve("whole"), 2).orElseThrow();
    Path killed = folder.resolve("killed");
    for (int kills = 0; kills < 2; kills++) {
      long from = newest(killed);
      try (ChildJvm child =
          ChildJvm.start(
              new ChildJvm.Program(
                  "train",
                  TrainChild.class.getName(),
                  "256m",
                  List.of(config.toString(), killed.toString())))) {
        Await.until("a later checkpoint of the child", START, () -> newest(killed) > from + 40);
        child.kill();
      }
    }
    assertThat(newest(killed)).isLessThan(500);
    Path last = TinyRun.train(config, killed, 1).orElseThrow();

    assertThat(TinyRun.weights(last)).isEqualTo(TinyRun.weights(whole));
  }

  private static long newest(Path run) {
    long newest = 0;
    for (long step = 0; step <= 500; step++) {
      if (Files.isDirectory(run.resolve("checkpoints").resolve("step-%09d".formatted(step)))) {
        newest = step;
      }
    }
    return newest;
  }
}
