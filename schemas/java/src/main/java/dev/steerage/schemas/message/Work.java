package dev.steerage.schemas.message;

/// An admitted prompt: the value of `steerage-internal.work.<model>`.
///
/// @param tenant from the name of the topic it came from, never from the record
/// @param request the request id, always present
/// @param prompt as validated
/// @param sourcePartition partition of the tenant's prompts topic
/// @param sourceOffset offset there
/// @param admittedMs broker time of the prompt, epoch milliseconds
public record Work(
    String tenant,
    String request,
    Prompt prompt,
    int sourcePartition,
    long sourceOffset,
    long admittedMs) {}
