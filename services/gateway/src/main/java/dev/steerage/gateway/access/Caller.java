package dev.steerage.gateway.access;

import dev.steerage.domain.tenant.TenantId;
import java.util.List;

/// Who calls.
///
/// @param tenant whose topics are meant
/// @param tenants those that the caller may choose
/// @param name author of changes where none is said
public record Caller(TenantId tenant, List<TenantId> tenants, Role role, String name) {
  /// The caller of a route that needs no key.
  public static final Caller NOBODY =
      new Caller(TenantId.DEFAULT, List.of(), Role.VIEWER, "nobody");

  public Caller {
    tenants = List.copyOf(tenants);
  }
}
