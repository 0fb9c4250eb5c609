package dev.steerage.worker.rules;

import java.util.OptionalInt;

/// A recorded decision that depended on a clock: the time of a rule was over.
///
/// @param subject the rule, or the command that is one
/// @param revision offset of its record
/// @param tokenIndex from this token on it acts no more; empty: from the prompt on
public record Lapse(String subject, long revision, OptionalInt tokenIndex) {}
