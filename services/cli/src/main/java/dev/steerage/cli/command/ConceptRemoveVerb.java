package dev.steerage.cli.command;

import dev.steerage.domain.rule.RuleChange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `concept remove`.
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = "Forget a concept; the log keeps that it was there.")
final class ConceptRemoveVerb extends ChangeVerb {
  @Parameters(paramLabel = "NAME", description = "Name of the concept.")
  private String concept;

  @Override
  RuleChange change(String author) {
    return new RuleChange.ConceptRemoved(concept, author);
  }
}
