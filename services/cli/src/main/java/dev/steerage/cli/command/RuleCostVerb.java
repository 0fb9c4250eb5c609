package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.RuleCosts;
import dev.steerage.cli.rule.RunningRequests;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule cost`.
@Command(
    name = "cost",
    mixinStandardHelpOptions = true,
    description = {
      "Show what each rule changed and took: of the requests that ended, as long as completions"
          + " are",
      "kept. Time is that of deciding what to do; steering itself happens in the model's forward."
    })
final class RuleCostVerb extends Verb {
  @Parameters(arity = "0..1", paramLabel = "ID", description = "Only this rule.")
  private String id;

  @Override
  protected ExitCode run(Terminal terminal) {
    var costs = new RuleCosts();
    try (EventLog log = connection().open()) {
      RunningRequests.each(
          log,
          Topics.COMPLETIONS.of(connection().tenant()),
          event -> {
            if (event.value().value().orElse(null) instanceof Completion.Finished end) {
              costs.add(end);
            }
          });
    }
    Table table =
        Table.of("rule", ">requests", ">of all", ">positions", ">slots", ">us per position");
    costs
        .byRule()
        .forEach(
            (rule, sum) -> {
              if (id == null || id.equals(rule)) {
                add(terminal, table, rule, sum, costs.requests());
              }
            });
    if (!connection().isJson()) {
      table.print(terminal);
    }
    return ExitCode.OK;
  }

  private void add(Terminal terminal, Table table, String rule, RuleCosts.Sum sum, long requests) {
    double share = (double) sum.requests() / requests;
    double micros = sum.positions() == 0 ? 0 : sum.micros() / sum.positions();
    if (connection().isJson()) {
      JsonLines.object(
          terminal,
          out ->
              out.text("rule", rule)
                  .whole("requests", sum.requests())
                  .number("share", share)
                  .whole("positions", sum.positions())
                  .whole("slots", sum.slots())
                  .number("micros", sum.micros()));
    } else {
      table.row(
          rule,
          sum.requests(),
          String.format(Locale.ROOT, "%.1f %%", 100 * share),
          sum.positions(),
          sum.slots(),
          String.format(Locale.ROOT, "%.2f", micros));
    }
  }
}
