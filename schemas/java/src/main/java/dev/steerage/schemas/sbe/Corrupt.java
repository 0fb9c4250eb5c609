package dev.steerage.schemas.sbe;

/// Bytes that are no message of the expected kind.
///
/// @param reason which bound or rule does not hold
public record Corrupt(String reason) {}
