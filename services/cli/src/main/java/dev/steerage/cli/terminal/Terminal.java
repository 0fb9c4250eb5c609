package dev.steerage.cli.terminal;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;

/// Where a command writes, and whether colour is welcome there. For one thread.
///
/// @param out results
/// @param err progress and errors
/// @param isColoured whether escape sequences may be written to `out`
/// @param columns width of `out` in characters
public record Terminal(PrintWriter out, PrintWriter err, boolean isColoured, int columns) {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int MAX_COLUMNS = 400;

  /// The process's own terminal; `NO_COLOR`, `TERM` and `COLUMNS` are honoured.
  public static Terminal of(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    Console console = System.console();
    boolean isTerminal = console != null && console.isTerminal();
    boolean refused =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || environment.getOrDefault("TERM", "").equals("dumb");
    return new Terminal(out, err, isTerminal && !refused, columns(environment.get("COLUMNS")));
  }

  private static int columns(String value) {
    try {
      int columns = value == null ? DEFAULT_COLUMNS : Integer.parseInt(value.strip());
      return Math.clamp(columns, 40, MAX_COLUMNS);
    } catch (NumberFormatException e) {
      return DEFAULT_COLUMNS;
    }
  }

  /// Writes a line and shows it at once.
  public void line(String text) {
    out.println(text);
    out.flush();
  }

  /// Writes without ending the line, and shows it at once.
  public void text(String text) {
    out.print(text);
    out.flush();
  }

  /// Writes a line of progress; it is no part of the result.
  public void note(String text) {
    err.println(text);
    err.flush();
  }

  /// The text in this style, or as it is where colour is not welcome.
  public String styled(Style style, String text) {
    return isColoured ? style.on() + text + Style.OFF : text;
  }
}
