package dev.steerage.local.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextConceptsTest {
  @Test
  void shouldHoldThePatternsOfTheProtocol() throws IOException {
    Path protocol = Path.of("..", "..", "infra", "models", "reports", "concepts-protocol.md");
    List<String> stated =
        Files.readAllLines(protocol).stream()
            .filter(line -> line.matches("\\| [a-z ]+ \\| `.*\\(.*` \\|"))
            .map(line -> line.replace("\\|", "|"))
            .toList();
    assertThat(TextConcepts.patterns()).hasSize(20);
    assertThat(
            TextConcepts.patterns().entrySet().stream()
                .map(each -> "| " + each.getKey() + " | `" + each.getValue().substring(4) + "` |"))
        .containsExactlyElementsOf(stated);
  }
}
