package dev.steerage.gateway.api;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.RuleLog;
import dev.steerage.gateway.state.Tenant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Concepts: named sets of codes, records of the rule log.
public final class ConceptRoutes {
  private final Parts parts;
  private final Changes changes;

  public ConceptRoutes(Parts parts, Changes changes) {
    this.parts = parts;
    this.changes = changes;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/concepts", Role.VIEWER, this::list),
        Route.of("PUT", "/api/v1/concepts/{concept}", Role.OPERATOR, this::put),
        Route.of("DELETE", "/api/v1/concepts/{concept}", Role.OPERATOR, this::remove));
  }

  /// A concept and the record that put it.
  private record Found(RuleChange.ConceptPut put, RuleLog.Entry entry) {}

  private void list(Call call) throws IOException {
    RuleLog log = parts.tenant(call).rules();
    List<Models.Announced> models =
        call.query("model")
            .map(name -> List.of(parts.models().require(name)))
            .orElseGet(parts.models()::all);
    List<Found> found = new ArrayList<>();
    for (Models.Announced model : models) {
      for (String concept : log.book(model).concepts(model.card().model()).keySet()) {
        log.concept(model, concept)
            .ifPresent(
                entry -> {
                  if (entry.change().orElseThrow() instanceof RuleChange.ConceptPut put) {
                    found.add(new Found(put, entry));
                  }
                });
      }
    }
    call.json(
        200,
        out ->
            out.whole("revision", log.revision())
                .allObjects(
                    "concepts",
                    found,
                    (one, concept) ->
                        one.text("concept", concept.put().concept())
                            .text("model", concept.put().model())
                            .allTexts("codes", concept.put().codes())
                            .text("author", concept.put().author())
                            .whole("revision", concept.entry().revision())
                            .whole("atMs", concept.entry().atMs())));
  }

  private void put(Call call) throws IOException {
    String name = call.path("concept");
    ObjectNode body = (ObjectNode) call.body();
    if (body.has("concept")) {
      throw HttpError.badRequest("concept", "malformed", "the name is in the path");
    }
    body.put("concept", name);
    RuleChange change = Changes.read(call, body);
    if (!(change instanceof RuleChange.ConceptPut concept)) {
      throw HttpError.badRequest(null, "malformed", "expected a concept");
    }
    Models.Announced model = parts.models().require(concept.model());
    Tenant tenant = parts.tenant(call);
    changes.apply(call, tenant, name, () -> Changes.checked(tenant, model, concept));
  }

  private void remove(Call call) throws IOException {
    String name = call.path("concept");
    Tenant tenant = parts.tenant(call);
    changes.apply(
        call,
        tenant,
        name,
        () -> {
          List<Models.Announced> models =
              parts.models().all().stream()
                  .filter(
                      model ->
                          tenant
                              .rules()
                              .book(model)
                              .concept(model.card().model(), name)
                              .isPresent())
                  .toList();
          if (models.isEmpty()) {
            throw HttpError.notFound("concept", "unknown-concept", "no concept of this name");
          }
          RuleChange change = new RuleChange.ConceptRemoved(name, changes.author(call));
          models.forEach(model -> Changes.checked(tenant, model, change));
          return change;
        });
  }
}
