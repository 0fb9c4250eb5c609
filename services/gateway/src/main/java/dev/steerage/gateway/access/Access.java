package dev.steerage.gateway.access;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.http.HttpError;
import java.util.List;
import java.util.Optional;

/// Decides who calls: by key, or on loopback whoever it is.
public sealed interface Access {
  /// The caller.
  ///
  /// @param authorization the header, as sent
  /// @param chosen tenant that the caller names
  /// @throws HttpError 401 or 404
  Caller caller(Optional<String> authorization, Optional<String> chosen);

  /// Whether keys are demanded.
  boolean hasKeys();

  /// Everybody who reaches the address is admin of these tenants.
  record Open(List<TenantId> tenants) implements Access {
    public Open {
      tenants = List.copyOf(tenants);
    }

    @Override
    public Caller caller(Optional<String> authorization, Optional<String> chosen) {
      TenantId tenant =
          chosen
              .map(
                  name ->
                      tenants.stream()
                          .filter(known -> known.name().equals(name))
                          .findFirst()
                          .orElseThrow(
                              () -> HttpError.notFound("tenant", "not_found", "no such tenant")))
              .orElse(tenants.getFirst());
      return new Caller(tenant, tenants, Role.ADMIN, "local");
    }

    @Override
    public boolean hasKeys() {
      return false;
    }
  }

  /// The key decides tenant and role.
  record Keyed(KeyFile keys) implements Access {
    private static final String SCHEME = "Bearer ";

    @Override
    public Caller caller(Optional<String> authorization, Optional<String> chosen) {
      ApiKey key =
          authorization
              .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
              .flatMap(value -> keys.find(value.substring(SCHEME.length()).strip()))
              .orElseThrow(
                  () ->
                      HttpError.unauthenticated(
                          "no valid key: send the header 'Authorization: Bearer <key>'"));
      if (chosen.isPresent() && !chosen.get().equals(key.tenant().name())) {
        throw HttpError.notFound("tenant", "not_found", "no such tenant");
      }
      return new Caller(key.tenant(), List.of(key.tenant()), key.role(), key.name());
    }

    @Override
    public boolean hasKeys() {
      return true;
    }
  }
}
