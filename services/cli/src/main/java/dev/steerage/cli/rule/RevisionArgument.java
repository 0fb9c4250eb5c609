package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/// A revision given on the command line: its number, or a time such as `2026-11-21T10:00:00Z`.
public final class RevisionArgument {
  private RevisionArgument() {}

  /// The last revision that counts; -1: none.
  ///
  /// @throws CliException if it is neither a number nor a time, or not in the log
  public static long resolve(String argument, List<Revision> history) {
    if (argument.matches("-?[0-9]{1,18}")) {
      long number = Long.parseLong(argument);
      long newest = history.isEmpty() ? -1 : history.getLast().number();
      if (number < -1 || number > newest) {
        throw new CliException(ExitCode.USAGE, "revision=" + number + ", newest=" + newest);
      }
      return number;
    }
    try {
      long timeMs = Instant.parse(argument).toEpochMilli();
      return history.stream()
          .filter(revision -> revision.timestampMs() <= timeMs)
          .mapToLong(Revision::number)
          .max()
          .orElse(-1);
    } catch (DateTimeParseException e) {
      throw new CliException(
          ExitCode.USAGE,
          "'" + argument + "' is no revision and no time like 2026-11-21T10:00:00Z",
          e);
    }
  }
}
