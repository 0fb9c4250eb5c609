package dev.steerage.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.GatewayConfig;
import dev.steerage.gateway.GatewayException;
import dev.steerage.gateway.GatewayLimits;
import dev.steerage.gateway.http.HttpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final TenantId ACME = new TenantId("acme");

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("keys.json");
  }

  @Test
  void shouldFindTheHolderOfAKey() {
    String key = KeyFile.open(file()).create(ACME, Role.OPERATOR, "ana");

    ApiKey found = KeyFile.open(file()).find(key).orElseThrow();

    assertThat(found.tenant()).isEqualTo(ACME);
    assertThat(found.role()).isEqualTo(Role.OPERATOR);
    assertThat(found.name()).isEqualTo("ana");
  }

  @Test
  void shouldKeepNoKeyOnDisk() throws IOException {
    String key = KeyFile.open(file()).create(ACME, Role.VIEWER, "ana");

    String secret = key.substring(key.indexOf('_', 4) + 1);
    assertThat(Files.readString(file())).doesNotContain(secret);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void shouldRefuseWhatIsNotTheWholeKey() {
    var keys = KeyFile.open(file());
    String key = keys.create(ACME, Role.ADMIN, "ana");

    for (String wrong : List.of("", "stg_", "x", key.substring(0, key.length() - 1), key + "A")) {
      assertThat(keys.find(wrong)).as("key of %d characters", wrong.length()).isEmpty();
    }
  }

  @Test
  void shouldRefuseARevokedKey() {
    var keys = KeyFile.open(file());
    String key = keys.create(ACME, Role.ADMIN, "ana");

    assertThat(keys.revoke(key.split("_")[1])).isTrue();

    assertThat(keys.find(key)).isEmpty();
    assertThat(keys.revoke("none")).isFalse();
  }

  @Test
  void shouldLetNobodyChooseAnotherTenantThanTheKeys() {
    var keys = KeyFile.open(file());
    var access = new Access.Keyed(keys);
    Optional<String> header = Optional.of("Bearer " + keys.create(ACME, Role.VIEWER, "ana"));

    assertThat(access.caller(header, Optional.empty()).tenant()).isEqualTo(ACME);
    assertThatThrownBy(() -> access.caller(header, Optional.of("other")))
        .isInstanceOfSatisfying(HttpError.class, e -> assertThat(e.status()).isEqualTo(404));
    assertThatThrownBy(() -> access.caller(Optional.empty(), Optional.empty()))
        .isInstanceOfSatisfying(HttpError.class, e -> assertThat(e.status()).isEqualTo(401));
  }

  @Test
  void shouldNotListenToOthersWithoutKeys() {
    assertThatThrownBy(
            () ->
                new GatewayConfig(
                    "localhost:9092",
                    Map.of(),
                    "0.0.0.0",
                    0,
                    List.of(ACME),
                    Optional.empty(),
                    Optional.empty(),
                    "aeron:ipc",
                    Optional.empty(),
                    GatewayLimits.DEFAULT))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("--keys");
  }
}
