package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.PositionCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes diff`.
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compare the natural codes of two recent requests, position by position: where did a prompt",
      "or a rule change what the model computes?"
    })
final class CodesDiffVerb extends Verb {
  private static final int PAGE = 32;

  @Parameters(index = "0", paramLabel = "REQUEST", description = "A request.")
  private String left;

  @Parameters(index = "1", paramLabel = "REQUEST", description = "Another one of the same model.")
  private String right;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "40",
      description = "Most changes to show; --json writes all. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Mixin private IndexOptions index = new IndexOptions();

  @Override
  protected ExitCode run(Terminal terminal) {
    try (IndexClient client = index.open(connection())) {
      List<PositionCodes> one = read(client, left);
      List<PositionCodes> other = read(client, right);
      if (!one.getFirst().model().equals(other.getFirst().model())) {
        throw new CliException(
            ExitCode.REFUSED,
            "%s is of model %s, %s of %s"
                .formatted(left, one.getFirst().model(), right, other.getFirst().model()));
      }
      CodeDiff diff = CodeDiff.of(one, other);
      if (connection().isJson()) {
        json(terminal, diff);
      } else {
        show(terminal, diff);
      }
      return ExitCode.OK;
    } catch (LookupException e) {
      throw CodesShowVerb.failure(e);
    }
  }

  private List<PositionCodes> read(IndexClient client, String request) {
    List<PositionCodes> parts = new ArrayList<>();
    int next = 0;
    while (true) {
      PositionCodes part = client.positions(connection().tenant(), request, next, PAGE);
      parts.add(part);
      if (part.positions().isEmpty()) {
        return parts;
      }
      next = part.positions().getLast().position() + 1;
      if (next >= part.endPosition()) {
        return parts;
      }
    }
  }

  private void show(Terminal terminal, CodeDiff diff) {
    terminal.line(
        "%d positions in both, %d with the same token"
            .formatted(diff.compared(), diff.sameTokens()));
    Table sites = Table.of("site", ">positions that differ", ">share");
    for (var each : diff.sites().entrySet()) {
      sites.row(
          each.getKey(),
          each.getValue(),
          "%.1f %%".formatted(100.0 * each.getValue() / Math.max(1, diff.compared())));
    }
    sites.print(terminal);
    if (!diff.changes().isEmpty()) {
      terminal.line("");
      Table changes = Table.of(">position", ">token", ">token", "site", left, right);
      diff.changes().stream()
          .limit(most)
          .forEach(
              each ->
                  changes.row(
                      each.position(),
                      each.token(),
                      each.otherToken(),
                      each.site(),
                      ids(each.only()),
                      ids(each.other())));
      changes.print(terminal);
      if (diff.changes().size() > most) {
        terminal.line("%d more".formatted(diff.changes().size() - most));
      }
    }
  }

  private static String ids(Set<Integer> codes) {
    return codes.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static void json(Terminal terminal, CodeDiff diff) {
    JsonLines.object(
        terminal,
        out ->
            out.whole("compared", diff.compared())
                .whole("sameTokens", diff.sameTokens())
                .allObjects(
                    "sites",
                    diff.sites().entrySet(),
                    (each, site) ->
                        each.text("site", site.getKey().toString())
                            .whole("differ", site.getValue())));
    for (CodeDiff.Change change : diff.changes()) {
      JsonLines.object(
          terminal,
          out ->
              out.whole("position", change.position())
                  .text("site", change.site().toString())
                  .whole("leftToken", change.token())
                  .whole("rightToken", change.otherToken())
                  .allIntegers("left", change.only())
                  .allIntegers("right", change.other()));
    }
  }
}
