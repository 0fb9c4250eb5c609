package dev.steerage.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.cli.CliException;
import dev.steerage.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorySliceTest {
  @ParameterizedTest
  @ValueSource(strings = {"dragon", "garden", "bird", "rabbit", "star"})
  void shouldHaveStoriesForEveryTopicThatTheHelpNames(String topic) {
    StorySlice slice = StorySlice.read(640);

    assertThat(slice.with(topic, 16)).hasSizeBetween(4, 16);
    assertThat(slice.without(topic, 40)).hasSize(40).allMatch(s -> s.mentions(topic) == 0);
  }

  @Test
  void shouldNameTopicsWhenOneIsNotThere() {
    assertThatThrownBy(() -> StorySlice.read(640).with("quark", 16))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("quark")
        .hasMessageContaining("dragon");
  }

  @Test
  void shouldShowTwoTextsSideBySideAndEscapeThem() {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);

    new Columns(new Terminal(writer, writer, false, 40))
        .show("left", "a few words that wrap", "right", "b\u001b[2J");

    assertThat(out.toString().lines())
        .containsExactly(
            "   left              | right",
            "   a few words that  | b\\x1b[2J",
            "   wrap              |");
  }
}
