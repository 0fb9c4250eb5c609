package dev.steerage.domain.codebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteTest {
  @ParameterizedTest
  @ValueSource(strings = {"L3.attn.H5", "L0.mlp", "L11.attn_out", "L2.qkv.H0", "L7.block"})
  void shouldWriteTheNameItRead(String name) {
    assertThat(Site.parse(name)).hasToString(name);
    assertThat(Code.parse(name + ":4711")).hasToString(name + ":4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "L3", "L3.attn.5", "attn.H5", "L3.attn.H5:1", "L99999.mlp", "L1.foo"})
  void shouldRefuseWhatIsNoSiteName(String name) {
    assertThatThrownBy(() -> Site.parse(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "L0.mlp", "L0.mlp:", "L0.mlp:x", "L0.mlp:-1", "L0.mlp:99999999999"})
  void shouldRefuseWhatIsNoCodeName(String name) {
    assertThatThrownBy(() -> Code.parse(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldSortByLayerComponentAndHead() {
    List<String> sorted = List.of("L0.attn.H0", "L0.attn.H10", "L0.mlp", "L1.attn.H2");
    assertThat(
            Stream.of("L1.attn.H2", "L0.mlp", "L0.attn.H10", "L0.attn.H0")
                .map(Site::parse)
                .sorted()
                .map(Site::toString))
        .isEqualTo(sorted);
  }
}
