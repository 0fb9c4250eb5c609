package dev.steerage.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void shouldEscapeSequencesThatDriveATerminal() {
    assertThat(Printable.text("a\u001b[2Jb\u009b31mc\u007f")).isEqualTo("a\\x1b[2Jb\\x9b31mc\\x7f");
  }

  @Test
  void shouldEscapeMarksThatReorderText() {
    assertThat(Printable.text("x\u202ey")).isEqualTo("x\\u202ey");
  }

  @Test
  void shouldKeepBreaksInTextAndEscapeThemOnALine() {
    assertThat(Printable.text("a\n\tb")).isEqualTo("a\n\tb");
    assertThat(Printable.line("a\n\tb\r")).isEqualTo("a\\n\\tb\\r");
  }

  @Test
  void shouldKeepLettersOfEveryScript() {
    assertThat(Printable.line("élan 龍 🐉")).isEqualTo("élan 龍 🐉");
  }
}
