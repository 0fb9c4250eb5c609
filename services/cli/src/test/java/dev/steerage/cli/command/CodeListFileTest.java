package dev.steerage.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.FoundCodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CodeListFileTest {
  private static final List<Code> CODES =
      List.of(
          Code.parse("L0.attn.H13:23"), Code.parse("L0.attn.H13:135"), Code.parse("L3.attn.H1:7"));

  private static CodeListFile read(String... lines) {
    return CodeListFile.read(List.of(lines), "m");
  }

  @Test
  void shouldReadWhatTheAuthorsListWrites() {
    List<String> lines = CodeList.AUTHORS.lines("m", CODES);
    assertThat(lines).containsExactly("0.13: 23 135", "3.1: 7");
    assertThat(CodeListFile.read(lines, "m").codes()).containsExactly(Map.entry("", CODES));
  }

  @Test
  void shouldReadIdsInBothForms() {
    assertThat(CodeListFile.read(CodeList.NEURONPEDIA.lines("m", CODES), "m").codes().get(""))
        .isEqualTo(CODES);
    assertThat(CodeListFile.read(CodeList.IDS.lines("m", CODES), "m").codes().get(""))
        .isEqualTo(CODES);
  }

  @Test
  void shouldNameConceptsByTheLinesBeforeThem() {
    CodeListFile found =
        read("## a comment", "# fire", "0.13: [23, 135]; 3.1: 7", "", "# song", "2.2: 9932");
    assertThat(found.codes()).containsOnlyKeys("fire", "song");
    assertThat(found.codes().get("fire")).isEqualTo(CODES);
  }

  @Test
  void shouldReadTheDemoEntriesThatASearchWrites() {
    CodeScore score = new CodeScore(9, 10, 20);
    List<String> lines =
        CodeList.demo(
            "(dragon)s?",
            List.of(
                new FoundCodes.Found(CODES.get(1), score, score, Optional.empty(), "dragons"),
                new FoundCodes.Found(Code.parse("L0.mlp:3"), score, score, Optional.empty(), "")));
    assertThat(lines)
        .containsExactly(
            "# dragons: (dragon)s?",
            "layer: 0, head: 13, code: 135, precision: 0.9000, recall: 0.4500, num_acts: 10");
    CodeListFile found = CodeListFile.read(lines, "m");
    assertThat(found.descriptions()).containsExactly(Map.entry(CODES.get(1), "dragons"));
    assertThat(found.codes()).isEmpty();
  }

  @Test
  void shouldNameTheLineThatIsNoCode() {
    assertThatThrownBy(() -> read("0.13: 23", "what"))
        .hasMessageStartingWith("line=2: code: 'what', expected e.g.");
    assertThatThrownBy(() -> read("0.13: 99999999999"))
        .hasMessage("line=1: number 99999999999 is too large");
    assertThatThrownBy(() -> read("other/0-mlp/3")).hasMessageContaining("is one of model other");
  }
}
