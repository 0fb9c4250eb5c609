package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.Connection;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What every verb has: a connection, a terminal, and errors as one line.
public abstract class Verb implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();

  @Spec private CommandSpec spec;

  @Override
  public final Integer call() {
    Terminal terminal =
        Terminal.of(spec.commandLine().getOut(), spec.commandLine().getErr(), System.getenv());
    try {
      return run(terminal).status();
    } catch (CliException e) {
      terminal.note(
          terminal.styled(Style.BAD, "error:")
              + " "
              + Printable.line(String.valueOf(e.getMessage())));
      return e.exitCode().status();
    }
  }

  /// Does it.
  ///
  /// @throws CliException if it cannot be done
  protected abstract ExitCode run(Terminal terminal);

  /// Which system, whose topics.
  protected Connection connection() {
    return connection;
  }
}
