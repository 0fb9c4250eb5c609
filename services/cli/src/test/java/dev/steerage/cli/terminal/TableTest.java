package dev.steerage.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private final StringWriter out = new StringWriter();
  private final PrintWriter writer = new PrintWriter(out);

  @Test
  void shouldAlignColumns() {
    Table.of("name", ">n").row("a", 7).row("longer", 4711).print(plain());

    assertThat(out.toString().lines())
        .containsExactly("name       n", "a          7", "longer  4711");
  }

  @Test
  void shouldWriteNoEscapeSequenceWhereThereIsNoTerminal() {
    Terminal terminal = Terminal.of(writer, writer, Map.of("TERM", "xterm"));

    Table.of("name").row("\u001b[31mred").print(terminal);

    assertThat(out.toString()).doesNotContain("\u001b").contains("\\x1b[31mred");
  }

  @Test
  void shouldTakeWidthFromTheEnvironmentWithinLimits() {
    assertThat(Terminal.of(writer, writer, Map.of("COLUMNS", "120")).columns()).isEqualTo(120);
    assertThat(Terminal.of(writer, writer, Map.of("COLUMNS", "9999")).columns()).isEqualTo(400);
    assertThat(Terminal.of(writer, writer, Map.of("COLUMNS", "wide")).columns()).isEqualTo(80);
  }

  @Test
  void shouldStyleOnlyWhereColourIsWelcome() {
    Terminal coloured = new Terminal(writer, writer, true, 80);

    assertThat(coloured.styled(Style.GOOD, "yes")).startsWith("\u001b[32m").endsWith("\u001b[0m");
    assertThat(plain().styled(Style.GOOD, "yes")).isEqualTo("yes");
  }

  @Test
  void shouldDrawBarsOfEighths() {
    assertThat(Bar.of(0.5, 1, 4)).isEqualTo("██  ");
    assertThat(Bar.of(1, 1, 4)).isEqualTo("████");
    assertThat(Bar.of(0, 0, 4)).isEqualTo("    ");
    assertThat(Bar.of(1.0 / 32, 1, 4)).isEqualTo("▏   ");
  }

  private Terminal plain() {
    return new Terminal(writer, writer, false, 80);
  }
}
