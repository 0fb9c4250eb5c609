package dev.steerage.cli.experiment;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.automaton.AutomatonFile;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.message.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `experiment steer-state`.
@Command(
    name = "steer-state",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the probability mass on the target's successors when a state is steered, beside",
      "controls, and write a report. Protocol: infra/models/reports/steer-state-protocol.md."
    },
    footer = {"", "Exit code 1: a threshold of the protocol was missed."})
final class SteerStateVerb extends Verb {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "tokfsm",
      description = "Model that follows an automaton. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--automaton",
      paramLabel = "FILE",
      description = "Its true automaton. Default: automaton.json in the model's folder.")
  private Path automatonFile;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      defaultValue = "" + SteerStateProtocol.PAIRS,
      description =
          "Source and target pairs; another number is another protocol."
              + " Default: ${DEFAULT-VALUE}.")
  private int pairs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "" + SteerStateProtocol.SEED,
      description =
          "Of all random choices; another seed is another protocol."
              + " Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Where the report goes. Default: beside the protocol, named by date and model.")
  private Path report;

  @Mixin private ModelFolders folders = new ModelFolders();

  @Override
  protected ExitCode run(Terminal terminal) {
    Path file =
        automatonFile == null
            ? folders.path().resolve(model).resolve("automaton.json")
            : automatonFile;
    Automaton automaton = AutomatonFile.read(file);
    SteerStateProtocol protocol = new SteerStateProtocol(pairs, seed);
    try (EventLog log = connection().open()) {
      ModelCard card = Models.card(log, model);
      SteerStateResult result =
          new SteerStateExperiment(log, connection().tenant(), card, automaton, protocol)
              .run(new RequestIds().next("steer-state"), terminal::note);
      String text = SteerStateReport.markdown(card, protocol, result);
      write(text);
      terminal.line(text);
      return result.isReached() ? ExitCode.OK : ExitCode.REFUSED;
    }
  }

  private void write(String text) {
    Path to =
        report == null
            ? folders
                .path()
                .resolve("reports")
                .resolve(LocalDate.now(ZoneOffset.UTC) + "-steer-state-" + model + ".md")
            : report;
    try {
      Files.writeString(to, text);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "report=" + to + " cannot be written: " + e, e);
    }
  }
}
