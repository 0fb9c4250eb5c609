package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.prompt.RequestIds;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The closed loop.
@Command(
    name = "monitors",
    mixinStandardHelpOptions = true,
    description = "Measure the way from the token that crosses a bound to the rule in force.")
final class BenchMonitorsVerb extends Verb {
  @Option(
      names = "--model",
      defaultValue = "tokfsm",
      description = "Which model. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--count",
      defaultValue = "200",
      description = "Edges measured. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "Not measured before them. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      defaultValue = "not said",
      description = "What else ran on the machine.")
  private String note;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the result as Markdown.")
  private Path report;

  @Override
  protected ExitCode run(Terminal terminal) {
    if (count < 1 || warmUp < 0) {
      throw new CliException(
          ExitCode.USAGE, "count=" + count + ", warm-up=" + warmUp + ", expected >= 1 and >= 0");
    }
    Machine machine = Machine.now();
    terminal.note(machine.toString());
    Map<String, Percentiles> results = new LinkedHashMap<>();
    int step = Math.max(1, count / 5);
    try (EventLog log = connection().open()) {
      new MonitorBenchmark(
              log, connection().tenant(), Models.card(log, model), new RequestIds().next("bench"))
          .measure(
              warmUp,
              count,
              done -> {
                if (done % step == 0) {
                  terminal.note("edges: " + done);
                }
              })
          .forEach((stretch, times) -> results.put(stretch, Percentiles.of(times)));
    }
    Table table = Table.of("milliseconds", ">count", ">p50", ">p90", ">p99", ">max");
    results.forEach(
        (name, p) ->
            table.row(name, p.count(), ms(p.p50()), ms(p.p90()), ms(p.p99()), ms(p.max())));
    table.print(terminal);
    if (report != null) {
      write(machine, results);
      terminal.note("written: " + report);
    }
    return ExitCode.OK;
  }

  private void write(Machine machine, Map<String, Percentiles> results) {
    var text = new StringBuilder();
    text.append("# Monitors, ").append(LocalDate.now(ZoneOffset.UTC)).append("\n\n");
    text.append("`steerage bench monitors --model ").append(model).append(" --count ");
    text.append(count).append(" --warm-up ").append(warmUp).append("`\n\n");
    text.append("Machine: ").append(machine).append(". What else ran: ").append(note);
    text.append(".\n\n");
    text.append("Times of the broker: the record with the token that crossed the bound (chosen up");
    text.append("\nto a tick before), the alert, the rule in the log, the acknowledgement.\n\n");
    text.append("| milliseconds | count | p50 | p90 | p99 | max |\n|---|---|---|---|---|---|\n");
    results.forEach(
        (name, p) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %d | %.0f | %.0f | %.0f | %.0f |%n",
                    name,
                    p.count(),
                    p.p50(),
                    p.p90(),
                    p.p99(),
                    p.max())));
    try {
      Files.writeString(report, text);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "report=" + report + ": " + e.getMessage(), e);
    }
  }

  private static String ms(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
