package dev.steerage.index.desk;

/// What became of a question.
///
/// @param session of the client that asked
/// @param answer a record of `dev.steerage.schemas.index`, or a
///   [dev.steerage.schemas.index.LookupException]
public record Reply(int session, long correlationId, Object answer) {}
