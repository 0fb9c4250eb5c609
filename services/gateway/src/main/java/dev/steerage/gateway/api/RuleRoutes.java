package dev.steerage.gateway.api;

import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Acks;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.RecentRequests;
import dev.steerage.gateway.state.RuleLog;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.json.RuleJson;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.RuleAck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Rules: what is in force, changes, history.
public final class RuleRoutes {
  private final Parts parts;
  private final Changes changes;

  public RuleRoutes(Parts parts, Changes changes) {
    this.parts = parts;
    this.changes = changes;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/rules", Role.VIEWER, this::list),
        Route.of("POST", "/api/v1/rules/validate", Role.VIEWER, this::validate),
        Route.of("GET", "/api/v1/rules/history", Role.VIEWER, this::history),
        Route.of("GET", "/api/v1/rules/diff", Role.VIEWER, this::diff),
        Route.of("PUT", "/api/v1/rules/{rule}", Role.OPERATOR, this::put),
        Route.of("DELETE", "/api/v1/rules/{rule}", Role.OPERATOR, this::remove),
        Route.of("GET", "/api/v1/rules/{rule}/effects", Role.VIEWER, this::effects));
  }

  private void list(Call call) throws IOException {
    RuleLog log = parts.tenant(call).rules();
    long newest = log.revision();
    long revision = revision(call.queryNumber("revision", -1, Long.MAX_VALUE), newest);
    List<RuleLog.InForce> rules =
        call.query("model")
            .map(name -> log.inForce(parts.models().require(name), revision))
            .orElseGet(() -> log.inForce(revision));
    call.json(
        200,
        out ->
            out.whole("revision", revision)
                .allObjects(
                    "rules",
                    rules,
                    (entry, rule) ->
                        entry
                            .object("rule", one -> write(one, rule.rule()))
                            .whole("revision", rule.entry().revision())
                            .whole("atMs", rule.entry().atMs())));
  }

  private static long revision(OptionalLong asked, long newest) {
    if (asked.isPresent() && asked.getAsLong() > newest) {
      throw HttpError.notFound("revision", "not_found", "the newest revision is " + newest);
    }
    return asked.orElse(newest);
  }

  private static void write(JsonOut out, Rule rule) {
    RuleJson.writeChange(out, new RuleChange.RulePut(rule));
  }

  private void validate(Call call) throws IOException {
    ObjectNode body = (ObjectNode) call.body();
    RuleLog log = parts.tenant(call).rules();
    List<Problem> problems =
        switch (Changes.decode(call, body)) {
          case Decoded.Bad<RuleChange> bad ->
              List.of(new Problem(Words.of(bad.refusal()), bad.detail()));
          case Decoded.Ok<RuleChange> ok -> problems(log, ok.get());
        };
    call.json(
        200,
        out ->
            out.flag("valid", problems.isEmpty())
                .whole("revision", log.revision())
                .allObjects(
                    "problems",
                    problems,
                    (one, problem) ->
                        one.text("kind", problem.kind()).text("detail", problem.detail())));
  }

  /// What is wrong, in words.
  private record Problem(String kind, String detail) {}

  private List<Problem> problems(RuleLog log, RuleChange change) {
    if (!(change instanceof RuleChange.RulePut(Rule rule))) {
      return List.of(new Problem("malformed", "expected a rule"));
    }
    Optional<Models.Announced> model = parts.models().find(rule.model());
    if (model.isEmpty()) {
      return List.of(new Problem("unknown-model", "no worker serves a model of this name"));
    }
    return log.check(model.get(), change).stream()
        .map(problem -> new Problem(Words.of(problem.kind()), problem.detail()))
        .toList();
  }

  private void put(Call call) throws IOException {
    String id = call.path("rule");
    ObjectNode body = (ObjectNode) call.body();
    if (body.has("rule") && !id.equals(body.get("rule").asString(""))) {
      throw HttpError.badRequest("rule", "bad-name", "rule: another than in the path");
    }
    body.put("rule", id);
    RuleChange change = Changes.read(call, body);
    if (!(change instanceof RuleChange.RulePut(Rule rule))) {
      throw HttpError.badRequest(null, "malformed", "expected a rule");
    }
    Models.Announced model = parts.models().require(rule.model());
    Tenant tenant = parts.tenant(call);
    changes.apply(
        call,
        tenant,
        id,
        () -> {
          changes.requireMatch(call, tenant, List.of(model), id);
          return Changes.checked(tenant, model, change);
        });
  }

  private void remove(Call call) throws IOException {
    String id = call.path("rule");
    Tenant tenant = parts.tenant(call);
    changes.apply(
        call,
        tenant,
        id,
        () -> {
          List<Models.Announced> models =
              parts.models().all().stream()
                  .filter(model -> tenant.rules().find(model, id).isPresent())
                  .toList();
          changes.requireMatch(call, tenant, parts.models().all(), id);
          if (models.isEmpty()) {
            throw HttpError.notFound("rule", "unknown-rule", "no rule of this id is in force");
          }
          return new RuleChange.RuleRemoved(id, changes.author(call));
        });
  }

  private void history(Call call) throws IOException {
    Tenant tenant = parts.tenant(call);
    int limit = call.queryNumber("limit", 1, 1_000, 100);
    long before = call.queryNumber("before", 0, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
    Optional<String> subject =
        call.query("rule").or(() -> call.query("concept")).or(() -> call.query("monitor"));
    // One more than asked for says whether there is a next page.
    List<RuleLog.Entry> found = tenant.rules().history(before, subject, limit + 1);
    List<RuleLog.Entry> page = found.subList(0, Math.min(limit, found.size()));
    call.json(
        200,
        out -> {
          out.whole("revision", tenant.rules().revision());
          out.allObjects("changes", page, (one, entry) -> entry(one, tenant, entry));
          if (found.size() > limit) {
            out.whole("next", page.getLast().revision());
          }
        });
  }

  private static void entry(JsonOut out, Tenant tenant, RuleLog.Entry entry) {
    out.whole("revision", entry.revision()).whole("atMs", entry.atMs());
    entry
        .change()
        .ifPresent(
            change ->
                out.text("author", change.author())
                    .object("change", one -> RuleJson.writeChange(one, change)));
    Optional<RuleAck> ack = tenant.acks().ofChange(entry.revision());
    if (ack.isEmpty()) {
      boolean taken = entry.change().isPresent() && tenant.rules().isTaken(entry);
      out.text("outcome", entry.change().isEmpty() ? "refused" : taken ? "accepted" : "unknown");
      return;
    }
    out.text("outcome", ack.get().kind() == RuleAck.Kind.REFUSED ? "refused" : "accepted");
    ack.get().refusal().ifPresent(refusal -> out.word("refusal", refusal));
    out.text("detail", ack.get().detail());
  }

  private void diff(Call call) throws IOException {
    RuleLog log = parts.tenant(call).rules();
    long newest = log.revision();
    long from = revision(required(call, "from"), newest);
    long to = revision(required(call, "to"), newest);
    Map<String, Rule> before = byName(log.inForce(from));
    Map<String, Rule> after = byName(log.inForce(to));
    List<Rule> added = new ArrayList<>();
    List<Rule> removed = new ArrayList<>();
    List<Changed> changed = new ArrayList<>();
    after.forEach(
        (name, rule) -> {
          Rule old = before.get(name);
          if (old == null) {
            added.add(rule);
          } else if (!old.equals(rule)) {
            changed.add(new Changed(old, rule));
          }
        });
    before.forEach(
        (name, rule) -> {
          if (!after.containsKey(name)) {
            removed.add(rule);
          }
        });
    call.json(
        200,
        out ->
            out.whole("from", from)
                .whole("to", to)
                .allObjects("added", added, RuleRoutes::write)
                .allObjects("removed", removed, RuleRoutes::write)
                .allObjects(
                    "changed",
                    changed,
                    (one, pair) ->
                        one.object("before", rule -> write(rule, pair.before()))
                            .object("after", rule -> write(rule, pair.after()))));
  }

  /// A rule at two revisions.
  private record Changed(Rule before, Rule after) {}

  private static OptionalLong required(Call call, String name) {
    OptionalLong value = call.queryNumber(name, RuleBook.NO_REVISION, Long.MAX_VALUE);
    if (value.isEmpty()) {
      throw HttpError.badRequest(name, "malformed", name + " is missing");
    }
    return value;
  }

  private static Map<String, Rule> byName(List<RuleLog.InForce> rules) {
    Map<String, Rule> byName = new TreeMap<>();
    rules.forEach(
        found -> byName.put(found.rule().model() + " " + found.rule().id(), found.rule()));
    return byName;
  }

  private void effects(Call call) throws IOException {
    Tenant tenant = parts.tenant(call);
    String rule = call.path("rule");
    List<Acks.Effect> effects =
        tenant.acks().effects(rule, call.queryNumber("limit", 1, 1_000, 100));
    call.json(
        200,
        out ->
            out.text("rule", rule)
                .allObjects(
                    "effects",
                    effects,
                    (one, effect) ->
                        one.text("request", effect.request())
                            .whole("appliedAt", effect.appliedAt())
                            .whole("expiredAt", effect.expiredAt())
                            .whole("revision", effect.revision())
                            .flag("running", isRunning(tenant, effect.request()))
                            .whole("atMs", effect.atMs())));
  }

  private static boolean isRunning(Tenant tenant, String request) {
    return tenant
        .requests()
        .find(request)
        .filter(summary -> !summary.isFinished())
        .map(RecentRequests.Summary::request)
        .isPresent();
  }
}
