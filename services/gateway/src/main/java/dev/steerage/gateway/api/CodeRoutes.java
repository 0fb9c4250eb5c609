package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.IndexStatus;
import dev.steerage.schemas.index.TopCodes;
import dev.steerage.schemas.json.JsonOut;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// Questions about codes, answered by the code index.
public final class CodeRoutes {
  private static final int LENS = 20;

  private final Parts parts;

  public CodeRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/models/{model}/codes", Role.VIEWER, this::top),
        Route.of("GET", "/api/v1/models/{model}/codes/{code}", Role.VIEWER, this::get),
        Route.of("GET", "/api/v1/models/{model}/labels", Role.VIEWER, this::labels),
        Route.of("GET", "/api/v1/index", Role.VIEWER, this::status));
  }

  private void top(Call call) throws IOException {
    String model = call.path("model");
    TenantId tenant = call.caller().tenant();
    Site site =
        call.query("site")
            .map(CodeRoutes::site)
            .orElseThrow(() -> HttpError.badRequest("site", "malformed", "site is missing"));
    int limit = call.queryNumber("limit", 1, 1_000, 100);
    TopCodes top = parts.codes().ask(index -> index.topCodes(tenant, model, site, limit));
    Map<Code, String> labels = labels(tenant, model);
    call.json(
        200,
        out ->
            out.text("model", model)
                .text("site", site.toString())
                .whole("positions", top.positions())
                .whole("knownSinceMs", top.knownSince().toEpochMilli())
                .allObjects(
                    "codes",
                    top.codes(),
                    (one, entry) -> {
                      var code = new Code(site, entry.code());
                      one.text("code", code.toString())
                          .whole("firings", entry.firings())
                          .number("rate", share(entry.firings(), top.positions()))
                          .text("label", Optional.ofNullable(labels.get(code)));
                    }));
  }

  private static double share(long part, long all) {
    return all == 0 ? 0 : (double) part / all;
  }

  private static Site site(String name) {
    try {
      return Site.parse(name);
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("site", "malformed", e.getMessage());
    }
  }

  private Map<Code, String> labels(TenantId tenant, String model) {
    Map<Code, String> labels = new TreeMap<>();
    parts
        .codes()
        .tryAsk(index -> index.labels(tenant, model, "", 1_000))
        .ifPresent(
            found ->
                found.labels().forEach(one -> labels.putIfAbsent(one.code(), one.label().text())));
    return labels;
  }

  private void get(Call call) throws IOException {
    String model = call.path("model");
    TenantId tenant = call.caller().tenant();
    Code code = code(call);
    int limit = call.queryNumber("contexts", 0, 50, 10);
    CodeCounts counts = parts.codes().ask(index -> index.counts(tenant, model, code));
    CodeContexts contexts =
        parts.codes().ask(index -> index.contexts(tenant, model, code, Math.max(limit, 1)));
    Optional<AboutCode> about =
        parts.codes().tryAsk(index -> index.about(tenant, model, "", code, LENS));
    Optional<CodeLabels.Label> label =
        parts
            .codes()
            .tryAsk(index -> index.labels(tenant, model, code.toString(), 1))
            .flatMap(found -> found.labels().stream().findFirst())
            .map(CodeLabels.Labelled::label);
    var texts = new Texts(parts, model);
    call.json(
        200,
        out -> {
          counts(out, model, code, counts);
          label.ifPresent(found -> out.object("label", one -> label(one, code, found)));
          contexts(out, contexts, limit, texts);
          about.ifPresent(found -> about(out, found));
        });
  }

  static Code code(Call call) {
    try {
      return Code.parse(call.path("code"));
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("code", "malformed", e.getMessage());
    }
  }

  private static void counts(JsonOut out, String model, Code code, CodeCounts counts) {
    out.text("model", model)
        .text("code", code.toString())
        .whole("firings", counts.firings())
        .whole("live", counts.live())
        .whole("positions", counts.positions())
        .number("rate", counts.rate())
        .whole("knownSinceMs", counts.knownSince().toEpochMilli());
  }

  static void label(JsonOut out, Code code, CodeLabels.Label label) {
    out.text("code", code.toString())
        .text("label", label.text())
        .text("author", label.author())
        .whole("atMs", label.time().toEpochMilli());
    finite("score", label.score(), out);
  }

  private static void finite(String name, double value, JsonOut out) {
    out.number(name, Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty());
  }

  private static void contexts(JsonOut out, CodeContexts contexts, int limit, Texts texts) {
    out.allObjects(
            "contexts",
            contexts.contexts().stream().limit(limit).toList(),
            (one, context) ->
                one.text("request", context.request())
                    .whole("position", context.position())
                    .allObjects("tokens", context.tokens(), texts::write)
                    .whole("focus", context.focus())
                    .flag("live", context.live())
                    .whole("atMs", context.time().toEpochMilli()))
        .allObjects(
            "firedOn",
            contexts.firedOn(),
            (one, fired) ->
                one.object("token", token -> texts.write(token, fired.token()))
                    .whole("firings", fired.firings())
                    .whole("over", fired.over()))
        .allObjects(
            "rules",
            contexts.rules(),
            (one, rule) ->
                one.text("rule", rule.rule())
                    .whole("put", rule.put())
                    .whole("taken", rule.taken())
                    .whole("lastMs", rule.last().toEpochMilli()));
  }

  /// What a corpus says: lens, sample contexts, related codes.
  private static void about(JsonOut out, AboutCode about) {
    List<AboutCode.LensToken> raised =
        about.lens().stream().filter(token -> token.logit() > 0).toList();
    List<AboutCode.LensToken> lowered =
        about.lens().stream().filter(token -> token.logit() <= 0).toList();
    out.objects("promotes", raised, CodeRoutes::lens)
        .objects("suppresses", lowered, CodeRoutes::lens)
        .object("corpus", corpus -> corpus(corpus, about));
  }

  private static void corpus(JsonOut out, AboutCode about) {
    out.text("corpus", about.corpus())
        .whole("documents", about.documents())
        .whole("positions", about.positions())
        .whole("firings", about.firings())
        .whole("firingDocuments", about.firingDocuments())
        .number("rate", about.rate())
        .word("type", about.type())
        .allObjects(
            "contexts",
            about.contexts(),
            (one, context) ->
                one.whole("document", context.document())
                    .whole("position", context.position())
                    .whole("slot", context.slot())
                    .text("before", context.before())
                    .text("token", context.token())
                    .text("after", context.after()))
        .allObjects(
            "firedOn",
            about.firedOn(),
            (one, fired) ->
                one.object(
                        "token",
                        token -> token.whole("id", fired.token()).text("text", fired.text()))
                    .whole("firings", fired.firings())
                    .whole("occurrences", fired.occurrences()))
        .allObjects(
            "related",
            about.related(),
            (one, related) -> {
              one.text("code", related.code().toString());
              finite("cosine", related.cosine(), one);
              finite("phi", related.phi(), one);
              one.whole("together", related.together()).text("label", related.label());
            });
  }

  private static void lens(JsonOut out, AboutCode.LensToken token) {
    out.object("token", one -> one.whole("id", token.token()).text("text", token.text()))
        .number("logit", token.logit());
  }

  private void labels(Call call) throws IOException {
    String model = call.path("model");
    int limit = call.queryNumber("limit", 1, 1_000, 100);
    String query = call.query("query").orElse("");
    CodeLabels found =
        parts.codes().ask(index -> index.labels(call.caller().tenant(), model, query, limit));
    call.json(
        200,
        out ->
            out.allObjects(
                "labels", found.labels(), (one, it) -> label(one, it.code(), it.label())));
  }

  private void status(Call call) throws IOException {
    IndexStatus status =
        parts.codes().ask(index -> index.status(Optional.of(call.caller().tenant())));
    call.json(
        200,
        out ->
            out.flag("caughtUp", status.caughtUp())
                .whole("knownSinceMs", status.knownSince().toEpochMilli())
                .whole("committedPositions", status.committedPositions())
                .whole("livePositions", status.livePositions())
                .whole("gaps", status.gaps())
                .whole("memoryBytes", status.memoryBytes())
                .whole("memoryLimitBytes", status.memoryLimitBytes()));
  }
}
