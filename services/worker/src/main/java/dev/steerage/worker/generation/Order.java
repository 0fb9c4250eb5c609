package dev.steerage.worker.generation;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Command;

/// A command as it came from a tenant's topic.
///
/// @param id the caller's, else `partition-offset`
/// @param offset in the commands topic
/// @param timestampMs broker time of its record
public record Order(
    TenantId tenant, String id, Command command, int partition, long offset, long timestampMs) {}
