package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `concept put`.
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description = "Name a set of codes of one model.",
    footer = {"", "Example: steerage concept put fire --model stories L0.attn.H3:471 L2.attn.H0:8"})
final class ConceptPutVerb extends ChangeVerb {
  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the concept.")
  private String concept;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "CODE", description = "Its codes.")
  private List<String> codes;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME",
      description = "The model whose codes are meant.")
  private String model;

  @Override
  RuleChange change(String author) {
    try {
      return new RuleChange.ConceptPut(
          concept, model, codes.stream().map(code -> Code.parse(code, model)).toList(), author);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
