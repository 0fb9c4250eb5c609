package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsmVerbsTest {
  private final CliRun cli =
      new CliRun("--models", Path.of("..", "..", "infra", "models").toString());

  @TempDir Path folder;

  @Test
  void shouldMakeThePublishedAutomatonByteForByteOutOfItsTable() {
    assertThat(cli.run("fsm", "automaton").out())
        .contains("b268c1bfda07e3a0ca1be3dfce4cb66ec411a1e7b38d65434c6f0ab1eb36f7e0")
        .contains("loss 1.17485, accuracy 46.378 %")
        .containsPattern("digit behind +686");
  }

  @Test
  void shouldMakeTheSameRandomAutomatonFromTheSameSeed() {
    String[] make = {"fsm", "automaton", "--states", "30", "--edges", "4", "--seed", "7"};
    String first = cli.run(make).out();
    assertThat(cli.run(make).out()).isEqualTo(first).contains("30, 120");
    String file = folder.resolve("automaton.json").toString();
    cli.run("fsm", "automaton", "--states", "30", "--edges", "4", "--seed", "7", "--out", file);
    assertThat(cli.run("fsm", "automaton", "--file", file).out()).isEqualTo(first);
    assertThat(cli.run("fsm", "walks", "--file", file, "--count", "3").out().lines())
        .hasSize(3)
        .allMatch(line -> line.matches("\\d{128}"));
  }

  @Test
  void shouldEvaluateOnWalksOnTokensAndOnText() throws IOException {
    CliRun.Outcome walks = cli.run("eval", "tokfsm", "--sequences", "4", "--window", "32");
    assertThat(walks.status()).as(walks.err()).isZero();
    assertThat(walks.out())
        .containsPattern("on +1\\.\\d{5} ")
        .containsPattern("off +\\d+\\.\\d{5} ")
        .contains("best possible", "L3.mlp");
    Path tokens = folder.resolve("tokens.txt");
    Files.writeString(tokens, "10 0 8 4 8\n[10, 4, 8, 2, 4]\n");
    assertThat(cli.run("eval", "tokfsm", "--tokens", tokens.toString(), "--json").out())
        .contains("\"tokens\":8", "\"sequences\":2", "\"site\":\"L0.attn.H0\"");
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "Once upon a time there was a little bird.");
    assertThat(cli.run("eval", "stories", "--text", text.toString()).status()).isZero();
    Files.writeString(tokens, "10 0 x\n");
    CliRun.Outcome wrong = cli.run("eval", "tokfsm", "--tokens", tokens.toString());
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("line=1").hasLineCount(1);
  }

  @Test
  void shouldMeasureWhatCodesStandFor() {
    assertThat(cli.run("fsm", "purity").out()).containsPattern("L1.mlp +\\d+ +\\d+\\.\\d+ %");
    assertThat(cli.run("fsm", "divergence", "--targets", "1").out())
        .containsPattern("all +20 +0\\.0")
        .contains("1 targets of 100 inputs");
    assertThat(cli.run("fsm", "transitions", "--sequences", "4", "--length", "16", "--json").out())
        .contains("\"sequences\":4", "\"transitions\":24", "\"legalGreedy\":1");
    assertThat(cli.run("fsm", "detectors", "--walks", "2").out()).contains("neuron", "means over");
  }
}
