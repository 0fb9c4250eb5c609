package dev.steerage.domain.codebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeTest {
  @Test
  void shouldReadBothForms() {
    assertThat(Code.parse("L3.attn.H5:47", "stories")).isEqualTo(Code.parse("L3.attn.H5:47"));
    assertThat(Code.parse("stories/3-attn.H5/47", "stories"))
        .isEqualTo(Code.parse("L3.attn.H5:47"));
    assertThat(Code.parse("m/0-mlp/0", "m")).isEqualTo(Code.parse("L0.mlp:0"));
  }

  @Test
  void shouldRefuseTheCodeOfAnotherModel() {
    assertThatThrownBy(() -> Code.parse("tokfsm/0-mlp/3", "stories"))
        .hasMessage("code: 'tokfsm/0-mlp/3' is one of model tokfsm, not of stories");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"stories/3", "stories/attn.H5/4", "stories/3-attn.H5/x", "stories/3-/1", "/"})
  void shouldRefuseWhatIsNoName(String name) {
    assertThatThrownBy(() -> Code.parse(name, "stories"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(code|site): .*");
  }
}
