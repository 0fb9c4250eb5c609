package dev.steerage.gateway.api;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.RuleLog;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.json.MonitorJson;
import dev.steerage.schemas.message.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Monitors: records of the rule log, like rules and concepts.
public final class MonitorRoutes {
  private final Parts parts;
  private final Changes changes;

  public MonitorRoutes(Parts parts, Changes changes) {
    this.parts = parts;
    this.changes = changes;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/monitors", Role.VIEWER, this::list),
        Route.of("POST", "/api/v1/monitors/{monitor}/plan", Role.VIEWER, this::plan),
        Route.of("PUT", "/api/v1/monitors/{monitor}", Role.OPERATOR, this::put),
        Route.of("DELETE", "/api/v1/monitors/{monitor}", Role.OPERATOR, this::remove));
  }

  /// A monitor and the ids of its rules in force.
  private record Found(Monitor monitor, List<String> rules) {}

  private void list(Call call) throws IOException {
    RuleLog log = parts.tenant(call).rules();
    List<Models.Announced> models =
        call.query("model")
            .map(name -> List.of(parts.models().require(name)))
            .orElseGet(parts.models()::all);
    List<Found> found = new ArrayList<>();
    for (Models.Announced model : models) {
      RuleBook book = log.book(model);
      book.monitors(model.card().model())
          .values()
          .forEach(monitor -> found.add(new Found(monitor, rules(book, monitor))));
    }
    call.json(
        200,
        out ->
            out.whole("revision", log.revision())
                .allObjects("monitors", found, MonitorRoutes::write));
  }

  private static List<String> rules(RuleBook book, Monitor monitor) {
    return book.rules(monitor.model()).stream()
        .filter(rule -> rule.author().equals(Monitor.ruleId(monitor.id())))
        .map(Rule::id)
        .toList();
  }

  private static void write(JsonOut out, Found found) {
    MonitorJson.write(out, found.monitor());
    out.allTexts("inForce", found.rules());
  }

  private void plan(Call call) throws IOException {
    Monitor monitor = read(call);
    Models.Announced model = parts.models().require(monitor.model());
    List<RuleProblem> problems =
        parts.tenant(call).rules().check(model, new RuleChange.MonitorPut(monitor));
    call.json(
        200,
        out ->
            out.text("monitor", monitor.id())
                .flag("taken", problems.isEmpty())
                .allObjects(
                    "problems",
                    problems,
                    (one, problem) ->
                        one.word("reason", Refusal.of(problem.kind()))
                            .text("detail", problem.detail())));
  }

  private static Monitor read(Call call) throws IOException {
    ObjectNode body = (ObjectNode) call.body();
    if (body.has("monitor")) {
      throw HttpError.badRequest("monitor", "malformed", "the id is in the path");
    }
    body.put("monitor", call.path("monitor"));
    if (!(Changes.read(call, body) instanceof RuleChange.MonitorPut put)) {
      throw HttpError.badRequest(null, "malformed", "expected a monitor");
    }
    return put.monitor();
  }

  private void put(Call call) throws IOException {
    Monitor monitor = read(call);
    Models.Announced model = parts.models().require(monitor.model());
    Tenant tenant = parts.tenant(call);
    changes.apply(
        call,
        tenant,
        monitor.id(),
        () -> Changes.checked(tenant, model, new RuleChange.MonitorPut(monitor)));
  }

  private void remove(Call call) throws IOException {
    String id = call.path("monitor");
    Tenant tenant = parts.tenant(call);
    changes.apply(
        call,
        tenant,
        id,
        () -> {
          boolean isThere =
              parts.models().all().stream()
                  .anyMatch(model -> !tenant.rules().book(model).modelsOfMonitor(id).isEmpty());
          if (!isThere) {
            throw HttpError.notFound("monitor", "unknown-monitor", "no monitor of this id");
          }
          return new RuleChange.MonitorRemoved(id, changes.author(call));
        });
  }
}
