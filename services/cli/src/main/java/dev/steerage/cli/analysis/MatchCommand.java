package dev.steerage.cli.analysis;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.model.LocalModels;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.ops.Backends;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.analysis.CodeMatch;
import dev.steerage.transformer.analysis.CodeSpace;
import dev.steerage.transformer.analysis.LayerAgreement;
import dev.steerage.transformer.analysis.PromptCodes;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.lens.CodeLens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `match`.
@Command(
    name = "match",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Map codes of one model to codes of another one, or of another seed, by what they fire on in",
      "the same text; then compare the vectors of matched codes, layer by layer, with pairs",
      "shuffled at random. Both models have to cut the text into the same tokens."
    })
public final class MatchCommand extends Verb {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Name or folder of a model.")
  private String left;

  @Parameters(index = "1", paramLabel = "MODEL", description = "Another one.")
  private String right;

  @Option(
      names = "--text",
      required = true,
      paramLabel = "FILE",
      description = "Text, one document per line.")
  private Path text;

  @Option(
      names = "--least-firings",
      paramLabel = "N",
      defaultValue = "10",
      description = "Rarer codes are left out. Default: ${DEFAULT-VALUE}.")
  private int least;

  @Option(
      names = "--least-phi",
      paramLabel = "PHI",
      defaultValue = "0.3",
      description = "Weaker pairs are no match. Default: ${DEFAULT-VALUE}.")
  private double leastPhi;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "20",
      description = "Most pairs to show; --json writes all. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "reference, vector, native or auto. Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Mixin private ModelFolders folders = new ModelFolders();

  @Override
  protected ExitCode run(Terminal terminal) {
    try (CodebookTransformer a = load(left);
        CodebookTransformer b = load(right)) {
      List<int[]> prompts = PromptLines.read(text, a);
      checkTokens(prompts, PromptLines.read(text, b));
      CodeMatch match =
          CodeMatch.of(
              CodeSpace.of(a),
              read(terminal, a, prompts),
              CodeSpace.of(b),
              read(terminal, b, prompts),
              least,
              _ -> {});
      if (match.chosen().isEmpty()) {
        throw new CliException(
            ExitCode.REFUSED, "no layer of both models has codes that fired " + least + " times");
      }
      List<LayerAgreement> layers = agreement(a, b, match);
      if (connection().isJson()) {
        json(terminal, a, b, match, layers);
      } else {
        show(terminal, a, b, match, layers);
      }
      return ExitCode.OK;
    } catch (CheckpointException e) {
      throw new CliException(ExitCode.REFUSED, e.getMessage(), e);
    }
  }

  private CodebookTransformer load(String name) {
    try {
      return CodebookTransformer.load(
          LocalModels.folder(folders.path(), name), Backends.byName(backend));
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private void checkTokens(List<int[]> ofLeft, List<int[]> ofRight) {
    for (int i = 0; i < ofLeft.size(); i++) {
      if (!Arrays.equals(ofLeft.get(i), ofRight.get(i))) {
        throw new CliException(
            ExitCode.REFUSED,
            "%s and %s cut document %d of %s into other tokens"
                .formatted(left, right, i + 1, text));
      }
    }
  }

  private static List<PromptCodes> read(
      Terminal terminal, CodebookTransformer model, List<int[]> prompts) {
    StepProgress progress = new StepProgress(terminal, "documents", prompts.size());
    List<PromptCodes> read =
        PromptCodes.read(model, prompts, PromptCodes.Scope.ANY, false, progress::at);
    progress.finish();
    return read;
  }

  private List<LayerAgreement> agreement(
      CodebookTransformer a, CodebookTransformer b, CodeMatch match) {
    try (CodeLens ofA = new CodeLens(a);
        CodeLens ofB = new CodeLens(b)) {
      return LayerAgreement.of(
          CodeSpace.of(a), match, leastPhi, vectors(a, ofA), vectors(b, ofB), 42);
    }
  }

  private static IntFunction<Optional<float[]>> vectors(CodebookTransformer model, CodeLens lens) {
    CodeSpace space = CodeSpace.of(model);
    return number -> {
      int site = space.siteOf(number);
      return lens.residual(model.sites().get(site), number - space.first()[site]);
    };
  }

  private void show(
      Terminal terminal,
      CodebookTransformer a,
      CodebookTransformer b,
      CodeMatch match,
      List<LayerAgreement> layers) {
    Table table =
        Table.of("place", ">matched", ">of", ">phi", ">SVCCA", ">shuffled", ">RSA", ">shuffled");
    CodeSpace space = CodeSpace.of(a);
    for (LayerAgreement layer : layers) {
      long candidates =
          match.chosen().stream()
              .filter(pair -> place(space, pair.left()).equals(layer.place()))
              .count();
      table.row(
          layer.place(),
          layer.pairs(),
          candidates,
          number(layer.phi()),
          number(layer.svcca().matched()),
          number(layer.svcca().random()),
          number(layer.representational().matched()),
          number(layer.representational().random()));
    }
    table.print(terminal);
    terminal.line(
        "matched: codes that choose each other, phi at least "
            + leastPhi
            + "; of: codes of "
            + left
            + " that fired "
            + least
            + " times");
    terminal.line("");
    Table pairs = Table.of(left, right, ">phi", ">together");
    CodeSpace other = CodeSpace.of(b);
    match.pairs().stream()
        .sorted(Comparator.comparingDouble(CodeMatch.Pair::phi).reversed())
        .limit(most)
        .forEach(
            pair ->
                pairs.row(
                    space.code(pair.left()),
                    other.code(pair.right()),
                    number(pair.phi()),
                    pair.together()));
    pairs.print(terminal);
  }

  private static String place(CodeSpace space, int code) {
    var site = space.sites().get(space.siteOf(code));
    return "L" + site.layer() + "." + site.component().label();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : "%.3f".formatted(value);
  }

  private static void json(
      Terminal terminal,
      CodebookTransformer a,
      CodebookTransformer b,
      CodeMatch match,
      List<LayerAgreement> layers) {
    CodeSpace ofA = CodeSpace.of(a);
    CodeSpace ofB = CodeSpace.of(b);
    byte[] summary =
        Json.write(
            out ->
                out.text("left", a.hash())
                    .text("right", b.hash())
                    .allObjects("layers", layers, MatchCommand::layer));
    terminal.line(new String(summary, StandardCharsets.UTF_8));
    for (CodeMatch.Pair pair : match.pairs()) {
      byte[] line =
          Json.write(
              out ->
                  out.text("left", ofA.code(pair.left()).toString())
                      .text("right", ofB.code(pair.right()).toString())
                      .number("phi", pair.phi())
                      .whole("together", pair.together()));
      terminal.line(new String(line, StandardCharsets.UTF_8));
    }
  }

  private static void layer(JsonOut out, LayerAgreement layer) {
    out.text("place", layer.place()).whole("pairs", layer.pairs());
    if (!Double.isNaN(layer.phi())) {
      out.number("phi", layer.phi());
    }
    compared(out, "svcca", layer.svcca());
    compared(out, "representational", layer.representational());
  }

  private static void compared(JsonOut out, String name, LayerAgreement.Compared compared) {
    if (!Double.isNaN(compared.matched())) {
      out.object(
          name,
          each ->
              each.number("matched", compared.matched())
                  .number("random", compared.random())
                  .number("randomMost", compared.randomMost()));
    }
  }
}
