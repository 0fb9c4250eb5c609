package dev.steerage.cli.analysis;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.evaluation.ModelVerb;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Site;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.analysis.CircuitRanking;
import dev.steerage.transformer.analysis.CodeSpace;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `circuit`.
@Command(
    name = "circuit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Rank the heads, and pairs of heads, that take part in what distinguishes some prompts, from",
      "code ids alone: the share of a head's codes that fire on positive prompts and on no"
          + " negative",
      "one. Five to ten prompts of each kind are enough."
    },
    footer = {
      "",
      "Prompts with one: positive prompts on which a single special code fires. A head that says"
          + " one",
      "thing with one code shows there; one that has many codes for its task shows in the score."
    })
public final class CircuitCommand extends ModelVerb {
  @Mixin private LabelledPrompts labelled = new LabelledPrompts();

  @Option(
      names = "--least",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Positive prompts on which a code has to fire to count. Default: ${DEFAULT-VALUE}.")
  private int least;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "20",
      description = "Most heads and pairs to show. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Override
  protected ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded) {
    if (least < 1 || most < 1) {
      throw new CliException(ExitCode.USAGE, "--least and --most: expected at least 1");
    }
    LabelledPrompts.Read read = labelled.read(terminal, loaded, false);
    CircuitRanking found =
        CircuitRanking.of(
            CodeSpace.of(loaded),
            read.ofPositive(),
            read.ofNegative(),
            labelled.scope(),
            Math.min(least, read.positive()));
    List<Site> sites = CodeSpace.of(loaded).sites();
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.allObjects(
                      "heads",
                      found.heads(),
                      (each, head) ->
                          each.text("site", sites.get(head.site()).toString())
                              .number("score", head.score())
                              .whole("special", head.special())
                              .whole("distinct", head.distinct())
                              .whole("most", head.most()))
                  .allObjects(
                      "pairs",
                      found.pairs().stream().limit(most).toList(),
                      (each, pair) ->
                          each.text("from", sites.get(pair.from()).toString())
                              .text("to", sites.get(pair.to()).toString())
                              .number("score", pair.score())
                              .whole("special", pair.special())
                              .whole("distinct", pair.distinct())));
    } else {
      show(terminal, sites, found);
    }
    return ExitCode.OK;
  }

  private void show(Terminal terminal, List<Site> sites, CircuitRanking found) {
    Table heads = Table.of("head", ">special codes", ">of", ">score", ">prompts with one");
    for (CircuitRanking.Head head : found.heads().stream().limit(most).toList()) {
      heads.row(
          sites.get(head.site()),
          head.special(),
          head.distinct(),
          percent(head.score()),
          head.most());
    }
    heads.print(terminal);
    if (found.pairs().isEmpty()) {
      terminal.line("no pair of codes fires together on positive prompts only");
      return;
    }
    terminal.line("");
    Table pairs = Table.of("from", "to", ">special pairs", ">of", ">score");
    for (CircuitRanking.Pair pair : found.pairs().stream().limit(most).toList()) {
      pairs.row(
          sites.get(pair.from()),
          sites.get(pair.to()),
          pair.special(),
          pair.distinct(),
          percent(pair.score()));
    }
    pairs.print(terminal);
  }
}
