package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.kafka.CommitProbe;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.ModelCard;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Latencies that people feel.
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    description = {
      "Measure prompt to first token, rule to acknowledged first affected token,",
      "and the commit round trip of the same broker, one after the other."
    })
final class BenchLatencyVerb extends Verb {
  @Option(
      names = "--model",
      defaultValue = "tokfsm",
      description = "Which model. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--count",
      defaultValue = "500",
      description = "Prompts and rules measured. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--warm-up",
      defaultValue = "50",
      description = "Not measured before them. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

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
    var results = new LatencyReport(1);
    try (EventLog log = connection().open()) {
      ModelCard card = Models.card(log, model);
      var benchmark =
          new LatencyBenchmark(log, connection().tenant(), card, new RequestIds().next("bench"));
      results.add(
          "prompt to first token",
          Percentiles.of(benchmark.firstTokens(warmUp, count, progress(terminal, "prompts"))));
      results.add(
          "rule to applied",
          Percentiles.of(
              benchmark.rulesToApplied(warmUp / 5, count / 5 + 1, progress(terminal, "rules"))));
      results.add(
          "commit of one record",
          Percentiles.of(CommitProbe.milliseconds(connection().address(), warmUp, count)));
    }
    results.print(terminal);
    if (report != null) {
      results.write(
          report,
          "Latency",
          "steerage bench latency --model " + model + " --count " + count + " --warm-up " + warmUp,
          """
          Machine: %s.

          One `read_committed` reader in a process of its own, one request at a time; \
          rules are published for a request running at %d tokens per second.\
          """
              .formatted(machine, (int) LatencyBenchmark.RUNNING_PACE));
      terminal.note("written: " + report);
    }
    return ExitCode.OK;
  }

  private IntConsumer progress(Terminal terminal, String what) {
    int step = Math.max(1, count / 5);
    return done -> {
      if (done % step == 0) {
        terminal.note(what + ": " + done);
      }
    };
  }
}
