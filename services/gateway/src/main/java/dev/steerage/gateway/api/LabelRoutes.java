package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Labels that people write: records of the tenant's `labels` topic, which the code index reads.
public final class LabelRoutes {
  private static final String PATH = "/api/v1/models/{model}/codes/{code}/label";
  private static final int LONGEST_LABEL = 500;
  private static final int LONGEST_AUTHOR = 200;

  private final Parts parts;

  public LabelRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("PUT", PATH, Role.OPERATOR, this::put),
        Route.of("DELETE", PATH, Role.OPERATOR, this::remove));
  }

  private void put(Call call) throws IOException {
    JsonNode body = call.body();
    Code code = code(call);
    String label = text(body, "label", "", LONGEST_LABEL);
    String author = text(body, "author", call.caller().name(), LONGEST_AUTHOR);
    long atMs = System.currentTimeMillis();
    write(call, code, label, author);
    call.json(
        200,
        out ->
            out.text("code", code.toString())
                .text("label", label)
                .text("author", author)
                .whole("atMs", atMs));
  }

  private void remove(Call call) throws IOException {
    write(call, code(call), "", call.caller().name());
    call.nothing();
  }

  private void write(Call call, Code code, String text, String author) {
    Tenant tenant = parts.tenant(call);
    var label = new CodeLabel(call.path("model"), code, text, author);
    parts.write(Topics.LABELS.of(tenant.id()), label.key(), label);
  }

  private static String text(JsonNode body, String name, String otherwise, int longest) {
    String text = body.path(name).asString(otherwise);
    if (text.isBlank() || text.length() > longest) {
      throw HttpError.badRequest(name, "bad-name", name + ": 1 to " + longest + " characters");
    }
    return text;
  }

  /// A code that the model has.
  private Code code(Call call) {
    ModelShape shape = parts.models().require(call.path("model")).shape();
    Code code = CodeRoutes.code(call);
    OptionalInt site = shape.indexOf(code.site());
    if (site.isEmpty() || code.id() >= shape.sites().get(site.getAsInt()).codes()) {
      throw HttpError.notFound("code", "unknown-code", "the model has no such code");
    }
    return code;
  }
}
