package dev.steerage.gateway.event;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.RuleAck;

/// The topics of one tenant, each read once.
public record Tails(
    Tail<Completion> completions,
    Tail<RuleChange> rules,
    Tail<RuleAck> acks,
    Tail<CodeStatistics> statistics,
    Tail<Alert> alerts,
    Tail<byte[]> activations) {}
