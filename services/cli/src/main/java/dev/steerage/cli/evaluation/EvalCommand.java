package dev.steerage.cli.evaluation;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonBound;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.Evaluation;
import dev.steerage.transformer.evaluation.Evaluator;
import dev.steerage.transformer.evaluation.SiteEvaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `eval`.
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    description = {
      "Measure a model on text, token ids or walks of its automaton: loss and accuracy with its",
      "codebooks on and off, and per site what the codebook loses."
    },
    footer = {
      "",
      "error: mean over tokens of the squared distance between a codebook's layer-normalised input",
      "and the mean of its active codes, summed over the width; relative: over the squared input."
    })
public final class EvalCommand extends ModelVerb {
  @Option(names = "--text", paramLabel = "FILE", description = "Text to read.")
  private Path text;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description = "Token ids to read, one sequence per line.")
  private Path tokens;

  @Option(
      names = "--automaton",
      paramLabel = "FILE",
      description =
          "Automaton whose walks are read. Default without --text and --tokens: automaton.json"
              + " of the model.")
  private Path automaton;

  @Option(
      names = "--sequences",
      paramLabel = "N",
      defaultValue = "256",
      description = "Walks to read. Default: ${DEFAULT-VALUE}.")
  private int sequences;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Tokens read from one beginning. Default: as many as the model can.")
  private Integer window;

  @Option(
      names = "--limit-tokens",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Stop after so many tokens of a file. Default: ${DEFAULT-VALUE}.")
  private long limit;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the walks. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  protected ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded) {
    int length = window == null ? loaded.config().maxPositions() : window;
    Optional<AutomatonTokens> walked = Optional.empty();
    List<int[]> data;
    if (text != null) {
      data = EvalData.limited(EvalData.text(loaded, text, length), limit);
    } else if (tokens != null) {
      data = EvalData.limited(EvalData.tokens(tokens, length), limit);
    } else if (automaton != null || Files.exists(folder.resolve("automaton.json"))) {
      walked = Optional.of(tokens(folder, automaton, loaded));
      data = walked.get().walks(sequences, length, seed);
    } else {
      throw new CliException(ExitCode.USAGE, "nothing to read: give --text or --tokens");
    }
    if (data.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "nothing to read: no sequence of two tokens");
    }
    Evaluation on = evaluate(terminal, loaded, data, length, "sequences, codebooks on");
    Optional<Evaluation> off =
        loaded.sites().isEmpty()
            ? Optional.empty()
            : Optional.of(
                evaluate(
                    terminal, loaded.withoutCodebooks(), data, length, "sequences, codebooks off"));
    Optional<AutomatonBound> bound =
        walked.map(walks -> AutomatonBound.of(walks.automaton(), length - walks.lead()));
    if (connection().isJson()) {
      json(terminal, folder, loaded, out -> write(out, on, off, bound));
    } else {
      print(terminal, on, off, bound);
    }
    return ExitCode.OK;
  }

  private static Evaluation evaluate(
      Terminal terminal, CodebookTransformer model, List<int[]> data, int length, String what) {
    StepProgress progress = new StepProgress(terminal, what, data.size());
    try (Evaluator evaluator = new Evaluator(model, length)) {
      int done = 0;
      for (int[] sequence : data) {
        evaluator.add(sequence);
        progress.at(++done);
      }
      return evaluator.result();
    } finally {
      progress.finish();
    }
  }

  private static void print(
      Terminal terminal, Evaluation on, Optional<Evaluation> off, Optional<AutomatonBound> bound) {
    Table table =
        Table.of("codebooks", ">loss", ">perplexity", ">accuracy", ">tokens", ">sequences");
    row(table, on.sites().isEmpty() ? "none" : "on", on);
    off.ifPresent(dense -> row(table, "off", dense));
    bound.ifPresent(
        best ->
            table.row(
                "best possible",
                "%.5f".formatted(best.loss()),
                "%.3f".formatted(Math.exp(best.loss())),
                percent(best.accuracy()),
                "",
                ""));
    table.print(terminal);
    if (on.sites().isEmpty()) {
      return;
    }
    terminal.line("");
    Table sites =
        Table.of(
            "site",
            ">error",
            ">relative",
            ">input norm",
            ">output norm",
            ">dead",
            ">used",
            ">code norm",
            ">largest");
    for (SiteEvaluation site : on.sites()) {
      sites.row(
          site.site().site(),
          "%.4f".formatted(site.error()),
          "%.4f".formatted(site.relativeError()),
          "%.3f".formatted(site.inputNorm()),
          "%.3f".formatted(site.outputNorm()),
          percent(site.deadShare()),
          site.usedCodes(),
          "%.3f".formatted(site.codeNormMean()),
          "%.3f".formatted(site.codeNormMax()));
    }
    sites.print(terminal);
  }

  private static void row(Table table, String name, Evaluation evaluation) {
    table.row(
        name,
        "%.5f".formatted(evaluation.loss()),
        "%.3f".formatted(evaluation.perplexity()),
        percent(evaluation.accuracy()),
        evaluation.tokens(),
        evaluation.sequences());
  }

  private static void write(
      JsonOut out, Evaluation on, Optional<Evaluation> off, Optional<AutomatonBound> bound) {
    out.object("on", each -> write(each, on))
        .object("off", off, EvalCommand::write)
        .object(
            "bound",
            bound,
            (each, best) -> each.number("loss", best.loss()).number("accuracy", best.accuracy()))
        .allObjects(
            "sites",
            on.sites(),
            (each, site) ->
                each.text("site", site.site().site().toString())
                    .number("error", site.error())
                    .number("relativeError", site.relativeError())
                    .number("inputNorm", site.inputNorm())
                    .number("outputNorm", site.outputNorm())
                    .number("deadShare", site.deadShare())
                    .whole("usedCodes", site.usedCodes())
                    .number("codeNormMean", site.codeNormMean())
                    .number("codeNormMax", site.codeNormMax()));
  }

  private static void write(JsonOut out, Evaluation evaluation) {
    out.number("loss", evaluation.loss())
        .number("accuracy", evaluation.accuracy())
        .whole("tokens", evaluation.tokens())
        .whole("sequences", evaluation.sequences());
  }
}
