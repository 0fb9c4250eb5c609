package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.terminal.Terminal;
import java.nio.file.Path;
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
    var results = new LatencyReport(0);
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
          .forEach((stretch, times) -> results.add(stretch, Percentiles.of(times)));
    }
    results.print(terminal);
    if (report != null) {
      results.write(
          report,
          "Monitors",
          "steerage bench monitors --model " + model + " --count " + count + " --warm-up " + warmUp,
          """
          Machine: %s. What else ran: %s.

          Times of the broker: the record with the token that crossed the bound (chosen up
          to a tick before), the alert, the rule in the log, the acknowledgement.\
          """
              .formatted(machine, note));
      terminal.note("written: " + report);
    }
    return ExitCode.OK;
  }
}
