package dev.steerage.cli.evaluation;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.automaton.AutomatonFile;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.domain.automaton.Automaton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that say which automaton: a table from a file, or a random one from a seed.
final class AutomatonChoice {
  private static final int MAX_STATES = 10_000;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Table of successors. Default: the published automaton.")
  private Path file;

  @Option(
      names = "--states",
      paramLabel = "N",
      description = "Make a random automaton of so many states instead.")
  private Integer states;

  @Option(
      names = "--edges",
      paramLabel = "N",
      defaultValue = "10",
      description = "Successors of each of its states. Default: ${DEFAULT-VALUE}.")
  private int edges;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of all random choices. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ModelFolders folders = new ModelFolders();

  long seed() {
    return seed;
  }

  Automaton automaton() {
    if (states == null) {
      return AutomatonFile.read(
          file == null ? folders.path().resolve("tokfsm").resolve("automaton.json") : file);
    }
    if (states < 1 || states > MAX_STATES || edges < 1 || edges > states) {
      throw new CliException(
          ExitCode.USAGE,
          "states=%d, edges=%d, limit=1..%d states, 1..states edges"
              .formatted(states, edges, MAX_STATES));
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Integer>> successors = new ArrayList<>();
    for (int state = 0; state < states; state++) {
      successors.add(random.ints(0, states).distinct().limit(edges).sorted().boxed().toList());
    }
    return new Automaton(Math.max(1, Integer.toString(states - 1).length()), successors);
  }
}
