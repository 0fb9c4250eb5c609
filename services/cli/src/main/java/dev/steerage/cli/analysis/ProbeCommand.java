package dev.steerage.cli.analysis;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.evaluation.ModelVerb;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.analysis.CodeProbe;
import dev.steerage.transformer.analysis.CodeSpace;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `probe`.
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Find the few codes that tell prompts with a property from prompts without: a prompt counts",
      "as recognised if any of k codes fires. Chosen on one half of the prompts, scored on the",
      "other, beside the best MLP neurons found in the same way."
    })
public final class ProbeCommand extends ModelVerb {
  @Mixin private LabelledPrompts labelled = new LabelledPrompts();

  @Option(
      names = "--most",
      paramLabel = "K",
      defaultValue = "16",
      description = "Largest number of codes. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the halves. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  protected ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded) {
    if (most < 1 || most > 256) {
      throw new CliException(ExitCode.USAGE, "--most: " + most + ", expected 1..256");
    }
    LabelledPrompts.Read read = labelled.read(terminal, loaded, true);
    boolean[] isPositive = new boolean[read.prompts().size()];
    for (int i = 0; i < read.positive(); i++) {
      isPositive[i] = true;
    }
    CodeProbe probe = CodeProbe.of(read.prompts(), isPositive, labelled.scope(), most, seed);
    CodeSpace space = CodeSpace.of(loaded);
    int inner = loaded.config().inner();
    IntFunction<String> code = number -> space.code(number).toString();
    IntFunction<String> neuron = number -> "L" + number / inner + ".mlp.N" + number % inner;
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.whole("chosenPrompts", probe.chosenPrompts())
                  .whole("scoredPrompts", probe.scoredPrompts())
                  .allObjects("codes", probe.codes(), (each, step) -> step(each, step, code))
                  .allObjects(
                      "neurons", probe.neurons(), (each, step) -> step(each, step, neuron)));
    } else {
      show(terminal, probe, code, neuron);
    }
    return ExitCode.OK;
  }

  private static void show(
      Terminal terminal, CodeProbe probe, IntFunction<String> code, IntFunction<String> neuron) {
    Table table =
        Table.of(">k", ">F1", ">precision", "95 %", ">recall", "code", ">neurons' F1", "neuron");
    int rows = Math.max(probe.codes().size(), probe.neurons().size());
    for (int k = 1; k <= rows; k++) {
      boolean isCode = k <= probe.codes().size();
      boolean isNeuron = k <= probe.neurons().size();
      CodeProbe.Score score = isCode ? probe.codes().get(k - 1).scored() : null;
      table.row(
          k,
          isCode ? "%.3f".formatted(score.f1()) : "",
          isCode ? percent(score.precision()) : "",
          isCode ? interval(score) : "",
          isCode ? percent(score.recall()) : "",
          isCode ? code.apply(probe.codes().get(k - 1).features().getLast()) : "",
          isNeuron ? "%.3f".formatted(probe.neurons().get(k - 1).scored().f1()) : "",
          isNeuron ? neuron.apply(probe.neurons().get(k - 1).features().getLast()) : "");
    }
    table.print(terminal);
    terminal.line(
        "each row adds a feature; chosen on %d prompts, scored on the other %d"
            .formatted(probe.chosenPrompts(), probe.scoredPrompts()));
  }

  private static String interval(CodeProbe.Score score) {
    if (score.recognised() == 0) {
      return "";
    }
    CodeScore.Interval interval = CodeScore.wilson(score.hits(), score.recognised());
    return "%.1f to %.1f %%".formatted(100 * interval.low(), 100 * interval.high());
  }

  private static void step(JsonOut out, CodeProbe.Step step, IntFunction<String> name) {
    List<String> names = step.features().stream().map(name::apply).toList();
    out.whole("k", names.size()).allTexts("features", names);
    out.object("chosen", each -> score(each, step.chosen()));
    out.object("scored", each -> score(each, step.scored()));
  }

  private static void score(JsonOut out, CodeProbe.Score score) {
    out.whole("hits", score.hits())
        .whole("recognised", score.recognised())
        .whole("positive", score.positive())
        .number("precision", score.precision())
        .number("recall", score.recall())
        .number("f1", score.f1());
  }
}
