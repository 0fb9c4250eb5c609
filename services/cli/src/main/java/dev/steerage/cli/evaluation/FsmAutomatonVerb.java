package dev.steerage.cli.evaluation;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.automaton.NumpyMatrix;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.json.Json;
import dev.steerage.transformer.evaluation.AutomatonBound;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fsm automaton`.
@Command(
    name = "automaton",
    mixinStandardHelpOptions = true,
    description = "Show an automaton, or make a random one, and write it to files.")
final class FsmAutomatonVerb extends Verb {
  private static final int DIGITS = 127;

  @Mixin private AutomatonChoice choice = new AutomatonChoice();

  @Option(names = "--out", paramLabel = "FILE", description = "Write the table as JSON.")
  private Path out;

  @Option(
      names = "--npy",
      paramLabel = "FILE",
      description = "Write the matrix of probabilities as the authors' fsm.npy.")
  private Path npy;

  @Override
  protected ExitCode run(Terminal terminal) {
    Automaton automaton = choice.automaton();
    byte[] matrix = NumpyMatrix.of(automaton);
    write(out, json(automaton));
    write(npy, matrix);
    AutomatonBound bound = AutomatonBound.of(automaton, DIGITS);
    AutomatonTokens spelled = new AutomatonTokens(automaton, -1, new int[10]);
    int edges = automaton.successors().stream().mapToInt(List::size).sum();
    if (connection().isJson()) {
      terminal.line(
          new String(
              Json.write(
                  json ->
                      json.whole("states", automaton.states())
                          .whole("edges", edges)
                          .whole("digits", automaton.digits())
                          .whole("statesWithADigit", spelled.inputs(1).size())
                          .number("bestLoss", bound.loss())
                          .number("bestAccuracy", bound.accuracy())
                          .text("sha256", sha256(matrix))),
              StandardCharsets.UTF_8));
      return ExitCode.OK;
    }
    Table table = Table.of("automaton", "");
    table.row("states, edges", automaton.states() + ", " + edges);
    table.row("digits of a state", automaton.digits());
    table.row("states with a digit behind", spelled.inputs(1).size());
    table.row(
        "best possible on " + DIGITS + " digits",
        "loss %.5f, accuracy %s"
            .formatted(bound.loss(), "%.3f %%".formatted(100 * bound.accuracy())));
    table.row("sha256 of its fsm.npy", sha256(matrix));
    table.print(terminal);
    return ExitCode.OK;
  }

  private static byte[] json(Automaton automaton) {
    return Json.write(
        out ->
            out.whole("states", automaton.states())
                .whole("digits", automaton.digits())
                .allIntegerLists("successors", automaton.successors()));
  }

  private static void write(Path fileOrNull, byte[] bytes) {
    if (fileOrNull == null) {
      return;
    }
    try {
      Files.write(fileOrNull, bytes);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "file=" + fileOrNull + " cannot be written: " + e, e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
