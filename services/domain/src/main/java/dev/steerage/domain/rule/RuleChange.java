package dev.steerage.domain.rule;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.monitor.Monitor;
import java.util.List;

/// One record of a tenant's rule log.
public sealed interface RuleChange {
  /// Who made the change; a claim.
  String author();

  /// Adds a rule or replaces the one of the same id.
  record RulePut(Rule rule) implements RuleChange {
    @Override
    public String author() {
      return rule.author();
    }
  }

  /// Removes a rule.
  record RuleRemoved(String rule, String author) implements RuleChange {}

  /// Adds a concept (a named set of codes of one model) or replaces the one of the same name.
  record ConceptPut(String concept, String model, List<Code> codes, String author)
      implements RuleChange {
    public ConceptPut {
      codes = List.copyOf(codes);
    }
  }

  /// Removes a concept.
  record ConceptRemoved(String concept, String author) implements RuleChange {}

  /// Adds a monitor or replaces the one of the same id.
  record MonitorPut(Monitor monitor) implements RuleChange {
    @Override
    public String author() {
      return monitor.author();
    }
  }

  /// Removes a monitor; the rules that its edges wrote go with it.
  record MonitorRemoved(String monitor, String author) implements RuleChange {}
}
