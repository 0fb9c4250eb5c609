package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RevisionArgument;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.WorkerFence;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rule fence`.
@Command(
    name = "fence",
    mixinStandardHelpOptions = true,
    description = "Wait until every worker has taken a revision.",
    footer = {
      "",
      "One token is asked of each partition of a model's work, unsteered, with the revision as its",
      "fence. A prompt that has to wait for a revision itself says so: prompt --fence."
    })
final class RuleFenceVerb extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "REVISION",
      description = "A revision or a time. Default: the newest revision.")
  private String revision;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Its workers only. Default: those of all models that are served.")
  private String model;

  @Option(
      names = "--timeout-ms",
      paramLabel = "MS",
      defaultValue = "10000",
      description = "How long the revision may take. Default: ${DEFAULT-VALUE}.")
  private long timeoutMs;

  @Override
  protected ExitCode run(Terminal terminal) {
    if (timeoutMs < 1) {
      throw new CliException(ExitCode.USAGE, "--timeout-ms=" + timeoutMs + ", least=1");
    }
    try (EventLog log = connection().open()) {
      List<Revision> history = new RuleLog(log, connection().tenant()).history();
      long newest = history.isEmpty() ? -1 : history.getLast().number();
      long wanted = revision == null ? newest : RevisionArgument.resolve(revision, history);
      if (wanted < 0) {
        throw new CliException(ExitCode.REFUSED, "there is no revision yet: the rule log is empty");
      }
      var fence = new WorkerFence(log, connection().tenant(), Duration.ofMillis(timeoutMs));
      String id = "fence-" + UUID.randomUUID();
      Table table = Table.of("model", "worker", ">partitions", ">revision");
      for (String each : models(log)) {
        show(terminal, table, each, fence.await(each, wanted, id));
      }
      if (!connection().isJson()) {
        table.print(terminal);
      }
      return ExitCode.OK;
    }
  }

  private Collection<String> models(EventLog log) {
    if (model != null) {
      return List.of(Models.card(log, model).model());
    }
    Collection<String> served = Models.read(log).keySet();
    if (served.isEmpty()) {
      throw new CliException(ExitCode.REFUSED, "no worker serves a model");
    }
    return served;
  }

  private void show(
      Terminal terminal, Table table, String each, Map<String, WorkerFence.Passed> workers) {
    workers.forEach(
        (worker, passed) -> {
          if (connection().isJson()) {
            JsonLines.object(
                terminal,
                out ->
                    out.text("model", each)
                        .text("worker", worker)
                        .whole("partitions", passed.partitions())
                        .whole("revision", passed.revision()));
          } else {
            table.row(each, worker, passed.partitions(), passed.revision());
          }
        });
  }
}
