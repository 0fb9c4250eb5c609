package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.Corpora;
import dev.steerage.schemas.index.LookupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `codes corpora`.
@Command(
    name = "corpora",
    mixinStandardHelpOptions = true,
    description = "List the corpora that the code index serves.")
final class CodesCorporaVerb extends Verb {
  @Mixin private IndexOptions index = new IndexOptions();

  @Override
  protected ExitCode run(Terminal terminal) {
    try (IndexClient client = index.open(connection())) {
      Corpora found = client.corpora(connection().tenant(), "");
      Table table = Table.of("corpus", "model", ">documents", ">tokens", ">bytes", ">damaged");
      for (Corpora.Corpus each : found.corpora()) {
        if (connection().isJson()) {
          JsonLines.object(
              terminal,
              out ->
                  out.text("corpus", each.name())
                      .text("model", each.model())
                      .text("modelHash", each.modelHash())
                      .whole("documents", each.documents())
                      .whole("tokens", each.positions())
                      .whole("bytes", each.bytes())
                      .whole("segments", each.segments())
                      .whole("damaged", each.damaged()));
        } else {
          table.row(
              each.name(),
              each.model(),
              each.documents(),
              each.positions(),
              each.bytes(),
              each.damaged());
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
