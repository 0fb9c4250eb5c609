package dev.steerage.index.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
  private static final TenantKeys KEYS =
      TenantKeys.of(Map.of("acme", "key of acme 0123456", "beta", "key of beta 0123456"));

  private final Access access = new Access(KEYS);

  private byte[] challenge(int session) {
    access.asking(session);
    return access.challenge();
  }

  private static void assertUnauthorized(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            LookupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED));
  }

  @Test
  void shouldBelieveWhoHasTheKeyForItsTenantAndConnectionOnly() {
    byte[] proof = KEYS.proof("acme", challenge(1)).orElseThrow();
    access.prove("acme", proof);

    assertThatCode(() -> access.check("acme")).doesNotThrowAnyException();
    assertUnauthorized(() -> access.check("beta"));
    assertUnauthorized(access::checkAll);
    access.asking(2);
    assertUnauthorized(() -> access.check("acme"));
  }

  @Test
  void shouldRefuseAProofOfAnotherConnectionTenantOrKey() {
    byte[] first = challenge(1);
    byte[] second = challenge(2);

    assertUnauthorized(() -> access.prove("acme", KEYS.proof("acme", first).orElseThrow()));
    assertUnauthorized(() -> access.prove("acme", KEYS.proof("beta", second).orElseThrow()));
    assertUnauthorized(
        () ->
            access.prove(
                "acme",
                TenantKeys.of(Map.of("acme", "another key 0123456"))
                    .proof("acme", second)
                    .orElseThrow()));
    assertUnauthorized(() -> access.prove("nobody", new byte[32]));
    assertUnauthorized(() -> access.prove("acme", new byte[0]));
  }

  @Test
  void shouldRefuseAnOldChallengeAndForgetAClientThatLeft() {
    byte[] old = challenge(1);
    challenge(1);
    assertUnauthorized(() -> access.prove("acme", KEYS.proof("acme", old).orElseThrow()));

    access.prove("acme", KEYS.proof("acme", challenge(1)).orElseThrow());
    access.forget(1);
    assertUnauthorized(() -> access.check("acme"));
  }

  @Test
  void shouldBelieveEverybodyWithoutKeys() {
    var open = new Access(TenantKeys.NONE);

    assertThatCode(() -> open.check("acme")).doesNotThrowAnyException();
    assertThatCode(open::checkAll).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseShortKeysAndEmptyFiles(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> TenantKeys.of(Map.of("acme", "short")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("least=16")
        .hasMessageNotContaining("short");
    Path file = Files.writeString(folder.resolve("keys"), "# nothing\n");
    assertThatThrownBy(() -> TenantKeys.read(file)).isInstanceOf(IllegalArgumentException.class);
    Files.writeString(file, "acme=key of acme 0123456\n");
    assertThat(TenantKeys.read(file).tenants()).containsExactly("acme");
  }
}
