package dev.steerage.domain.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantIdTest {
  @Test
  void shouldBeItsName() {
    assertThat(new TenantId("acme-2")).hasToString("acme-2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Acme",
        "a.b",
        "a_b",
        "a/b",
        "äcme",
        "12345678901234567890123456789012345678901"
      })
  void shouldRefuseWhatIsNoTenantName(String name) {
    assertThatThrownBy(() -> new TenantId(name)).isInstanceOf(IllegalArgumentException.class);
  }
}
