package dev.steerage.cli.evaluation;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fsm walks`.
@Command(
    name = "walks",
    mixinStandardHelpOptions = true,
    description = "Write random walks of an automaton, one line of digits each.")
final class FsmWalksVerb extends Verb {
  @Mixin private AutomatonChoice choice = new AutomatonChoice();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10",
      description = "Walks. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "64",
      description = "States of each. Default: ${DEFAULT-VALUE}.")
  private int length;

  @Override
  protected ExitCode run(Terminal terminal) {
    Automaton automaton = choice.automaton();
    SplittableRandom random = new SplittableRandom(choice.seed());
    for (int i = 0; i < count; i++) {
      List<Integer> walk = automaton.walk(random.nextInt(automaton.states()), length, random);
      if (connection().isJson()) {
        byte[] line =
            Json.write(out -> out.text("text", automaton.text(walk)).allIntegers("states", walk));
        terminal.line(new String(line, StandardCharsets.UTF_8));
      } else {
        terminal.line(automaton.text(walk));
      }
    }
    return ExitCode.OK;
  }
}
