package dev.steerage.gateway.event;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;

/// A topic of every tenant that readers follow.
///
/// @param letter in event ids
/// @param word in the query of `/api/v1/events` and in metrics
/// @param preload records of each partition that are read at the start, before new ones
public record Kind<V>(char letter, String word, TenantTopic<String, V> topic, long preload) {
  /// Everything from the first record on.
  public static final long ALL = Long.MAX_VALUE;

  public static final Kind<Completion> COMPLETIONS =
      new Kind<>('c', "completions", Topics.COMPLETIONS, 1_000);

  /// Read whole: its state is the rules in force.
  public static final Kind<RuleChange> RULES = new Kind<>('r', "rules", Topics.RULES, ALL);

  public static final Kind<RuleAck> ACKS = new Kind<>('k', "acks", Topics.RULE_ACKS, 1_000);

  public static final Kind<CodeStatistics> STATISTICS =
      new Kind<>('s', "statistics", Topics.CODE_STATISTICS, 200);

  public static final Kind<Alert> ALERTS = new Kind<>('l', "alerts", Topics.ALERTS, 250);

  /// The flood: read only while somebody follows it.
  public static final Kind<byte[]> ACTIVATIONS =
      new Kind<>('a', "activations", Topics.ACTIVATIONS, 0);

  @Override
  public String toString() {
    return word;
  }
}
