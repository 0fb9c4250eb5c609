package dev.steerage.gateway.api;

import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import java.util.List;

/// Labels that people write. Until the platform has a topic for them the answer is 503, and says
/// so.
public final class LabelRoutes {
  private static final String PATH = "/api/v1/models/{model}/codes/{code}/label";

  private final Parts parts;

  public LabelRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("PUT", PATH, Role.OPERATOR, this::refuse),
        Route.of("DELETE", PATH, Role.OPERATOR, this::refuse));
  }

  private void refuse(Call call) {
    parts.models().require(call.path("model"));
    CodeRoutes.code(call);
    throw HttpError.unavailable("unsupported", "this installation keeps no labels of people", 60);
  }
}
