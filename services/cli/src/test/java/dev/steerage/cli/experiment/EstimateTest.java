package dev.steerage.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EstimateTest {
  @Test
  void shouldGiveMeanAndNormalInterval() {
    var estimate = SteerStateResult.Estimate.of(new double[] {0.2, 0.4, 0.6, 0.8});

    assertThat(estimate.mean()).isEqualTo(0.5, within(1e-12));
    // Sample standard deviation .2582, divided by 2, times 1.96.
    assertThat(estimate.halfWidth()).isEqualTo(0.2530, within(1e-4));
  }

  @Test
  void shouldRunWhatTheProtocolSays() throws Exception {
    String protocol =
        Files.readString(tree().resolve("infra/models/reports/steer-state-protocol.md"));

    assertThat(protocol)
        .contains("| " + SteerStateProtocol.SEED + ";")
        .contains("| " + SteerStateProtocol.PAIRS + ":")
        .contains("| " + SteerStateProtocol.WALKS + " walks of the automaton")
        .contains(SteerStateProtocol.WALK_STATES + " states each")
        .contains("a context of " + SteerStateProtocol.CONTEXT_STATES + " states")
        .contains("0.70 or more with all MLP sites, 0.85 or more with all sites");
  }

  private static Path tree() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("infra/models"))) {
      at = at.getParent();
    }
    return at;
  }
}
