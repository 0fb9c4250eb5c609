package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.LocalSystem;
import dev.steerage.cli.automaton.AutomatonFile;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.message.ModelCard;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Watch, find, steer, measure: on an automaton, then on text.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Show the main job in under a minute: watch codes fire, find those of a state, steer a",
      "running request with them and measure the effect; then turn a running story.",
      "Uses the running instance, or brings one up for the time of the demo."
    },
    footer = {
      "",
      "An instance that it brings up logs errors only; STEERAGE_LOG=INFO",
      "shows what it does."
    })
public final class DemoCommand extends Verb {
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
      names = "--state",
      paramLabel = "N",
      description = "State to steer towards. Default: chosen by the seed.")
  private Integer state;

  @Option(
      names = "--text-model",
      paramLabel = "NAME",
      defaultValue = "stories",
      description = "Model that writes text; none: leave that part out. Default: ${DEFAULT-VALUE}.")
  private String textModel;

  @Option(
      names = "--topic",
      paramLabel = "WORD",
      defaultValue = "dragon",
      description = "What the story is turned towards. Default: ${DEFAULT-VALUE}.")
  private String topic;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ModelFolders folders = new ModelFolders();

  private final LocalSystem system;

  /// @param system brings a system up where none runs
  public DemoCommand(LocalSystem system) {
    this.system = system;
  }

  @Override
  protected ExitCode run(Terminal terminal) {
    if (connection().isReachable()) {
      return play(terminal);
    }
    terminal.note("nothing runs on " + connection().data() + ": bringing everything up");
    try (LocalSystem.Running running = system.start(connection().data())) {
      connection().use(running.bootstrap());
      return play(terminal);
    }
  }

  private ExitCode play(Terminal terminal) {
    Path file =
        automatonFile == null
            ? folders.path().resolve(model).resolve("automaton.json")
            : automatonFile;
    Automaton automaton = AutomatonFile.read(file);
    SplittableRandom random = new SplittableRandom(seed);
    int target = state == null ? random.nextInt(automaton.states()) : state;
    if (target < 0 || target >= automaton.states()) {
      throw new CliException(
          ExitCode.USAGE, "--state=" + state + ", limit=0.." + (automaton.states() - 1));
    }
    long startNs = System.nanoTime();
    try (EventLog log = connection().open()) {
      Stage stage =
          new Stage(log, connection().tenant(), terminal, new RequestIds().next("demo"), seed);
      ModelCard card = Models.card(log, model);
      new AutomatonDemo(stage, card, automaton, target).play(random);
      textCard(log).ifPresent(text -> new StoryDemo(stage, text, topic).play());
    }
    terminal.note("%.1f s".formatted((System.nanoTime() - startNs) / 1e9));
    return ExitCode.OK;
  }

  private Optional<ModelCard> textCard(EventLog log) {
    return textModel.equals("none") ? Optional.empty() : Optional.of(Models.card(log, textModel));
  }
}
