package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.TopCodes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes top`.
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = "Show the codes of a site that fired most.")
final class CodesTopVerb extends Verb {
  @Parameters(paramLabel = "SITE", description = "The site, e.g. L3.mlp.")
  private String name;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "Its model.")
  private String model;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "20",
      description = "Most codes to show. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Mixin private IndexOptions index = new IndexOptions();

  @Override
  protected ExitCode run(Terminal terminal) {
    Site site = site();
    try (IndexClient client = index.open(connection())) {
      TopCodes top = client.topCodes(connection().tenant(), model, site, most);
      if (connection().isJson()) {
        JsonLines.object(
            terminal,
            out ->
                out.text("site", site.toString())
                    .whole("positions", top.positions())
                    .allObjects(
                        "codes",
                        top.codes(),
                        (each, code) ->
                            each.whole("code", code.code()).whole("firings", code.firings())));
        return ExitCode.OK;
      }
      Table table = Table.of("code", ">firings", ">share");
      for (TopCodes.Entry code : top.codes()) {
        table.row(
            new Code(site, code.code()),
            code.firings(),
            "%.2f %%".formatted(100.0 * code.firings() / Math.max(1, top.positions())));
      }
      table.print(terminal);
      return ExitCode.OK;
    } catch (LookupException e) {
      throw CodesShowVerb.failure(e);
    }
  }

  private Site site() {
    try {
      return Site.parse(name);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
