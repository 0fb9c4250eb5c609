package dev.steerage.cli.evaluation;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.CodePurity;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;

/// `fsm purity`.
@Command(
    name = "purity",
    mixinStandardHelpOptions = true,
    description = {
      "Count the codes of each site that stand for one input only: for every state (bigrams), and",
      "for every state and first digit of the next (trigrams)."
    })
final class FsmPurityVerb extends FsmVerb {
  @Override
  ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded, AutomatonTokens tokens) {
    List<CodePurity> states = CodePurity.of(loaded, tokens, 0);
    List<CodePurity> digits = CodePurity.of(loaded, tokens, 1);
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.allObjects(
                  "sites",
                  IntStream.range(0, states.size()).boxed().toList(),
                  (each, i) ->
                      each.text("site", states.get(i).site().site().toString())
                          .whole("bigramCodes", states.get(i).usedCodes())
                          .number("bigramPurity", states.get(i).share())
                          .whole("trigramCodes", digits.get(i).usedCodes())
                          .number("trigramPurity", digits.get(i).share())));
      return ExitCode.OK;
    }
    Table table = Table.of("site", ">codes, states", ">pure", ">codes, states and digit", ">pure");
    for (int i = 0; i < states.size(); i++) {
      table.row(
          states.get(i).site().site(),
          states.get(i).usedCodes(),
          percent(states.get(i).share()),
          digits.get(i).usedCodes(),
          percent(digits.get(i).share()));
    }
    table.print(terminal);
    return ExitCode.OK;
  }
}
