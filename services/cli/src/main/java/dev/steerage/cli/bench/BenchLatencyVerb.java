package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.kafka.CommitProbe;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    Map<String, Percentiles> results = new LinkedHashMap<>();
    try (EventLog log = connection().open()) {
      ModelCard card = Models.card(log, model);
      var benchmark =
          new LatencyBenchmark(log, connection().tenant(), card, new RequestIds().next("bench"));
      results.put(
          "prompt to first token",
          Percentiles.of(benchmark.firstTokens(warmUp, count, progress(terminal, "prompts"))));
      results.put(
          "rule to applied",
          Percentiles.of(
              benchmark.rulesToApplied(warmUp / 5, count / 5 + 1, progress(terminal, "rules"))));
      results.put(
          "commit of one record",
          Percentiles.of(CommitProbe.milliseconds(connection().address(), warmUp, count)));
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

  private IntConsumer progress(Terminal terminal, String what) {
    int step = Math.max(1, count / 5);
    return done -> {
      if (done % step == 0) {
        terminal.note(what + ": " + done);
      }
    };
  }

  private void write(Machine machine, Map<String, Percentiles> results) {
    var text = new StringBuilder();
    text.append("# Latency, ").append(LocalDate.now(ZoneOffset.UTC)).append("\n\n");
    text.append("`steerage bench latency --model ").append(model).append(" --count ");
    text.append(count).append(" --warm-up ").append(warmUp).append("`\n\n");
    text.append("Machine: ").append(machine).append(".\n\n");
    text.append("One `read_committed` reader in a process of its own, one request at a time; ");
    text.append("rules are published for a request running at ");
    text.append((int) LatencyBenchmark.RUNNING_PACE).append(" tokens per second.\n\n");
    text.append("| milliseconds | count | p50 | p90 | p99 | max |\n|---|---|---|---|---|---|\n");
    results.forEach(
        (name, p) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %d | %.1f | %.1f | %.1f | %.1f |%n",
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
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
