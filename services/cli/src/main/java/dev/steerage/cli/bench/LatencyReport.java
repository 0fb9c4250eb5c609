package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Times of one run in milliseconds: a table for the terminal and a page for the tree.
final class LatencyReport {
  private final Map<String, Percentiles> rows = new LinkedHashMap<>();
  private final String number;

  /// @param decimals as many as the clock that measured is good for
  LatencyReport(int decimals) {
    number = "%." + decimals + "f";
  }

  void add(String what, Percentiles times) {
    rows.put(what, times);
  }

  void print(Terminal terminal) {
    Table table = Table.of("milliseconds", ">count", ">p50", ">p90", ">p99", ">max");
    rows.forEach(
        (what, p) ->
            table.row(what, p.count(), ms(p.p50()), ms(p.p90()), ms(p.p99()), ms(p.max())));
    table.print(terminal);
  }

  /// @param about what a reader must know of how it was measured
  /// @throws CliException if the file cannot be written
  void write(Path file, String title, String command, String about) {
    var text = new StringBuilder();
    text.append("# ").append(title).append(", ").append(LocalDate.now(ZoneOffset.UTC));
    text.append("\n\n`").append(command).append("`\n\n").append(about).append("\n\n");
    text.append("| milliseconds | count | p50 | p90 | p99 | max |\n|---|---|---|---|---|---|\n");
    rows.forEach(
        (what, p) -> {
          text.append("| ").append(what).append(" | ").append(p.count());
          for (double time : new double[] {p.p50(), p.p90(), p.p99(), p.max()}) {
            text.append(" | ").append(ms(time));
          }
          text.append(" |\n");
        });
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "report=" + file + ": " + e.getMessage(), e);
    }
  }

  private String ms(double time) {
    return String.format(Locale.ROOT, number, time);
  }
}
