package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.LookupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes labels`.
@Command(
    name = "labels",
    mixinStandardHelpOptions = true,
    description = "List the labels of codes.")
final class CodesLabelsVerb extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Part of a label, or a code. Default: all.")
  private String query;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "The model.")
  private String model;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most labels. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Mixin private IndexOptions index = new IndexOptions();

  @Override
  protected ExitCode run(Terminal terminal) {
    try (IndexClient client = index.open(connection())) {
      CodeLabels found = client.labels(connection().tenant(), model, query, most);
      Table table = Table.of("code", "label", "author", "time");
      for (CodeLabels.Labelled each : found.labels()) {
        if (connection().isJson()) {
          JsonLines.object(
              terminal,
              out ->
                  out.text("model", model)
                      .text("code", each.code().toString())
                      .text("text", each.label().text())
                      .text("author", each.label().author())
                      .text("time", each.label().time().toString()));
        } else {
          table.row(each.code(), each.label().text(), each.label().author(), each.label().time());
        }
      }
      if (!connection().isJson()) {
        table.print(terminal);
      }
      return ExitCode.OK;
    } catch (LookupException e) {
      throw CodesShowVerb.failure(e);
    }
  }
}
