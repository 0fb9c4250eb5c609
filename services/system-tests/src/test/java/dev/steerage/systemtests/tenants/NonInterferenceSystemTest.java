package dev.steerage.systemtests.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.local.LocalInstance;
import dev.steerage.local.UpConfig;
import dev.steerage.testkit.ScratchFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What one tenant gets does not depend on what another does, bit for bit.
@Tag("fault")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NonInterferenceSystemTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  private ScratchFolder folder;
  private LocalInstance instance;

  @BeforeAll
  void start() {
    folder = ScratchFolder.create();
    instance =
        LocalInstance.start(
            new UpConfig(
                folder.path(),
                0,
                List.of(Path.of("..", "..", "infra", "models", "tokfsm")),
                List.of(A, B),
                "auto",
                OptionalInt.of(0),
                false));
  }

  @AfterAll
  void stop() {
    instance.close();
    folder.close();
  }

  @Test
  void shouldAnswerEqualBitForBitWhateverAnotherTenantDoes() {
    assertEqual(16);
  }

  @Test
  @Tag("long")
  void shouldAnswerTwoThousandRequestsEqualBitForBitWhateverAnotherTenantDoes() {
    assertEqual(2_000);
  }

  private void assertEqual(int requests) {
    Interference.Outcome outcome = new Interference(instance.bootstrap(), A, B, requests).run();
    assertThat(outcome.different()).isEmpty();
    assertThat(outcome.tokens()).isEqualTo(24L * requests);
    assertThat(outcome.neighbour()).isGreaterThanOrEqualTo(4 * requests);
  }
}
