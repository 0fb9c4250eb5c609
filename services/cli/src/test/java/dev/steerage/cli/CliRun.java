package dev.steerage.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// The verbs as the launcher runs them, with their output kept.
final class CliRun {
  private final List<String> always;

  /// @param always options that every verb gets
  CliRun(String... always) {
    this.always = List.of(always);
  }

  /// What a verb wrote and how it ended.
  record Outcome(int status, String out, String err) {}

  static CommandLine root() {
    CommandLine root = new CommandLine(new Root());
    CliCommands.all(
            _ -> {
              throw new CliException(ExitCode.UNREACHABLE, "no system in this test");
            })
        .forEach(root::addSubcommand);
    return root.setCaseInsensitiveEnumValuesAllowed(true);
  }

  Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(always);
    int status =
        root()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Outcome(status, out.toString(), err.toString());
  }

  /// Stands for the launcher's root command.
  @CommandLine.Command(name = "steerage")
  private static final class Root {}
}
