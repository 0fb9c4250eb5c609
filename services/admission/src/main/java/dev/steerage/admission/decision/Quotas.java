package dev.steerage.admission.decision;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;

/// What tenants may use.
public interface Quotas {
  /// A tenant's quota; one without limits where nothing was said.
  TenantQuota of(TenantId tenant);
}
