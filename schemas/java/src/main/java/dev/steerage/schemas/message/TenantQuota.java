package dev.steerage.schemas.message;

import dev.steerage.domain.rule.RuleQuota;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What a tenant may use of the whole installation: the value of `steerage-internal.tenants`.
/// Admission and workers share it out among themselves, so that more of them do not grant more.
///
/// @param weight its part where tenants compete, 1 to 1000
/// @param tokensPerSecond generated tokens per second and model; empty: no limit
/// @param concurrentRequests requests admitted and not finished; more wait in the prompts topic
/// @param capturedSites most sites whose raw activations one request may have recorded
/// @param rules most rules of a model in force, and since when
public record TenantQuota(
    String tenant,
    int weight,
    OptionalDouble tokensPerSecond,
    OptionalInt concurrentRequests,
    OptionalInt capturedSites,
    RuleQuota rules) {
  private static final int WEIGHT_MAX = 1_000;

  public TenantQuota {
    if (weight < 1 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException("weight=" + weight + ", limit=1.." + WEIGHT_MAX);
    }
    if (tokensPerSecond.isPresent() && !(tokensPerSecond.getAsDouble() > 0)) {
      throw new IllegalArgumentException(
          "tokensPerSecond=" + tokensPerSecond.getAsDouble() + ", expected more than 0");
    }
    if (concurrentRequests.isPresent() && concurrentRequests.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "concurrentRequests=" + concurrentRequests.getAsInt() + ", expected at least 1");
    }
    if (capturedSites.isPresent() && capturedSites.getAsInt() < 0) {
      throw new IllegalArgumentException(
          "capturedSites=" + capturedSites.getAsInt() + ", expected at least 0");
    }
  }

  /// A tenant whose rules are not limited.
  public TenantQuota(
      String tenant,
      int weight,
      OptionalDouble tokensPerSecond,
      OptionalInt concurrentRequests,
      OptionalInt capturedSites) {
    this(tenant, weight, tokensPerSecond, concurrentRequests, capturedSites, RuleQuota.NONE);
  }

  /// The same with another quota of rules.
  public TenantQuota withRules(RuleQuota other) {
    return new TenantQuota(
        tenant, weight, tokensPerSecond, concurrentRequests, capturedSites, other);
  }

  /// A tenant of weight 1 without limits.
  public static TenantQuota none(String tenant) {
    return new TenantQuota(
        tenant, 1, OptionalDouble.empty(), OptionalInt.empty(), OptionalInt.empty());
  }
}
