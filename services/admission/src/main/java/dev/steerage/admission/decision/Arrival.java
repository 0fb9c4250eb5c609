package dev.steerage.admission.decision;

import dev.steerage.domain.tenant.TenantId;

/// A record of a tenant's prompts topic.
///
/// @param tenant from the name of the topic
/// @param key as sent; null: none
/// @param value as sent; null: none
/// @param timestampMs broker time
public record Arrival(
    TenantId tenant, int partition, long offset, byte[] key, byte[] value, long timestampMs) {}
