package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Site;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.JsonIn;
import dev.steerage.schemas.json.JsonOut;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Searches of a corpus.
public final class SearchRoutes {
  private static final int PER_SITE = 50;
  private static final int EXAMPLES = 20;
  private static final double MS_PER_NS = 1e-6;
  private static final Set<String> FIELDS =
      Set.of("pattern", "kind", "site", "minPrecision", "minRecall", "rankBy", "corpus", "limit");

  private final Parts parts;

  public SearchRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(Route.of("POST", "/api/v1/models/{model}/search", Role.VIEWER, this::search));
  }

  private void search(Call call) throws IOException {
    var body = call.body();
    body.propertyNames().stream()
        .filter(name -> !FIELDS.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw HttpError.badRequest(name, "unknown_parameter", "unknown field");
            });
    CodeSearch search = read(call.path("model"), new JsonIn(body));
    FoundCodes found = parts.codes().search(index -> index.search(call.caller().tenant(), search));
    call.json(200, out -> write(out, found));
  }

  private static CodeSearch read(String model, JsonIn in) {
    try {
      String kind = in.text("kind", "regex").toUpperCase(Locale.ROOT);
      String rank = in.text("rankBy", "precision").toUpperCase(Locale.ROOT);
      int limit = in.integer("limit", 50);
      CodeSearch search =
          CodeSearch.of(model, CodeSearch.Kind.valueOf(kind), in.text("pattern"))
              .ranked(
                  CodeSearch.Rank.valueOf(rank),
                  new CodeSearch.Floors(in.number("minPrecision", 0), in.number("minRecall", 0), 2))
              .limited(Math.min(limit, PER_SITE), limit, EXAMPLES);
      search = in.has("corpus") ? search.in(in.text("corpus")) : search;
      return in.has("site") ? search.at(List.of(Site.parse(in.text("site")))) : search;
    } catch (BadJson e) {
      throw HttpError.of(e.refusal(), null, e.getMessage());
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest(null, "malformed", "search: " + e.getMessage());
    }
  }

  private static void write(JsonOut out, FoundCodes found) {
    out.text("corpus", found.corpus())
        .whole("documents", found.documents())
        .whole("positions", found.positions())
        .whole("positives", found.scoredMatches())
        .flag("complete", found.complete())
        .flag("heldOut", found.heldOut())
        .number("tookMs", found.elapsed().toNanos() * MS_PER_NS)
        .object(
            "neuronSample",
            one ->
                one.whole("documents", found.sample().documents())
                    .whole("positions", found.sample().positions())
                    .whole("positives", found.sample().scoredMatches()))
        .allObjects("codes", found.codes(), SearchRoutes::code)
        .allObjects(
            "examples",
            found.examples(),
            (one, example) ->
                one.whole("document", example.document())
                    .whole("position", example.position())
                    .text("before", example.before())
                    .text("token", example.token())
                    .text("after", example.after()));
  }

  private static void code(JsonOut out, FoundCodes.Found found) {
    CodeScore score = found.scored();
    out.text("code", found.code().toString())
        .number("precision", score.precision())
        .number("precisionLow", score.precisionInterval().low())
        .number("precisionHigh", score.precisionInterval().high())
        .number("recall", score.recall())
        .number("recallLow", score.recallInterval().low())
        .number("recallHigh", score.recallInterval().high())
        .number("f1", score.f1())
        .whole("support", score.hits());
    found
        .neuron()
        .ifPresent(
            neuron ->
                out.object(
                    "neuron",
                    one -> {
                      CodeScore its = neuron.scored();
                      one.text("name", neuron.name())
                          .number("precision", its.precision())
                          .number("precisionLow", its.precisionInterval().low())
                          .number("precisionHigh", its.precisionInterval().high())
                          .number("recall", its.recall());
                    }));
    if (!found.label().isEmpty()) {
      out.text("label", found.label());
    }
  }
}
