package dev.steerage.gateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"c@9f3a:2-120", "a@07b1:2-31;c@9f3a:2-120", "k@51c0:0-3,1-9,2-0,3-4"})
  void shouldReadWhatItWrote(String text) {
    assertThat(EventId.parse(text).orElseThrow()).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "c@9f3a",
        "c@9f3a:",
        "c@9f3a:2-",
        "c@9f3a:2--1",
        "c@9f3g:2-1",
        "c@9f3a:2-99999999999999999999",
        "c@9f3a:2-1;",
        "c@9f3a:2-1\ndata: x"
      })
  void shouldRefuseWhatIsNoId(String text) {
    assertThat(EventId.parse(text)).isEmpty();
  }

  @Test
  void shouldRefuseAnIdThatIsTooLong() {
    assertThat(EventId.parse("c@9f3a:" + "0-1,".repeat(1_000) + "0-1")).isEmpty();
  }
}
