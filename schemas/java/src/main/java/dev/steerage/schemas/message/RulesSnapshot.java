package dev.steerage.schemas.message;

import dev.steerage.domain.rule.RuleChange;
import java.util.List;

/// The state of a tenant's rule log at a revision: the value of `steerage-internal.rules-snapshot`,
/// so that a worker starts fast.
///
/// @param topicId of the rule log, so that a recreated topic never matches
/// @param revision offset of the last record that is included; -1: none
/// @param changes puts which, applied in this order to an empty log, give the state
public record RulesSnapshot(
    String tenant, String topicId, long revision, List<RuleChange> changes) {
  public RulesSnapshot {
    changes = List.copyOf(changes);
  }
}
