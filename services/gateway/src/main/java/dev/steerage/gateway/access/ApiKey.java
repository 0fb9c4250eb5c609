package dev.steerage.gateway.access;

import dev.steerage.domain.tenant.TenantId;
import java.time.Instant;

/// What is kept of a key: never the key itself.
///
/// @param id public part of the key
/// @param name for people; the author of changes
/// @param hash sha-256 of the secret part. No slow hash: the secret is 256 random bits, which no
///   dictionary holds
public record ApiKey(
    String id, TenantId tenant, Role role, String name, byte[] hash, Instant createdAt) {
  public ApiKey {
    hash = hash.clone();
  }
}
