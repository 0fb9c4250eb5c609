package dev.steerage.cli.rule;

import dev.steerage.domain.rule.RuleChange;
import java.util.Optional;

/// One record of the rule log.
///
/// @param number its offset: the revision
/// @param change what it says; empty where nobody can read it
public record Revision(long number, long timestampMs, String key, Optional<RuleChange> change) {}
