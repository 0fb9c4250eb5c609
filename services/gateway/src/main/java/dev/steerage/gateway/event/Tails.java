package dev.steerage.gateway.event;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.RuleAck;
import java.util.List;

/// The topics of one tenant, each read once.
public record Tails(
    Tail<Completion> completions,
    Tail<RuleChange> rules,
    Tail<RuleAck> acks,
    Tail<CodeStatistics> statistics,
    Tail<Alert> alerts,
    Tail<byte[]> activations) {

  /// Those that are read whether somebody follows them or not.
  public List<Tail<?>> events() {
    return List.of(rules, completions, acks, statistics, alerts);
  }

  /// Those that are read while somebody follows them.
  public List<Tail<?>> flood() {
    return List.of(activations);
  }
}
