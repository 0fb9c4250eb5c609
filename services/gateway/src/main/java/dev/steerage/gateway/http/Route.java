package dev.steerage.gateway.http;

import dev.steerage.gateway.access.Role;
import java.io.IOException;
import java.util.Optional;

/// One operation of the contract.
///
/// @param method `GET`, `POST`, `PUT` or `DELETE`
/// @param template path as in `openapi.yaml`
/// @param role least role that may call it; empty: everybody, without a key
/// @param handler what answers
public record Route(String method, String template, Optional<Role> role, Handler handler) {
  /// Answers a call, on a virtual thread of its own: it may wait.
  public interface Handler {
    void handle(Call call) throws IOException;
  }

  /// A route that needs a role.
  public static Route of(String method, String template, Role role, Handler handler) {
    return new Route(method, template, Optional.of(role), handler);
  }

  /// A route that needs no key.
  public static Route open(String method, String template, Handler handler) {
    return new Route(method, template, Optional.empty(), handler);
  }
}
