package dev.steerage.gateway.api;

import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Models;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.json.PlatformJson;
import dev.steerage.schemas.message.ModelCard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Models, their tokens and automata.
public final class ModelRoutes {
  private static final int MAX_TEXT = 200_000;

  private final Parts parts;

  public ModelRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/models", Role.VIEWER, this::list),
        Route.of("GET", "/api/v1/models/{model}", Role.VIEWER, this::get),
        Route.of("GET", "/api/v1/models/{model}/tokens", Role.VIEWER, this::tokens),
        Route.of("POST", "/api/v1/models/{model}/tokenize", Role.VIEWER, this::tokenize),
        Route.of("GET", "/api/v1/models/{model}/automaton", Role.VIEWER, this::automaton));
  }

  private void list(Call call) throws IOException {
    List<Models.Announced> models = parts.models().all();
    call.json(200, out -> out.allObjects("models", models, (one, model) -> card(one, model)));
  }

  private void get(Call call) throws IOException {
    Models.Announced model = parts.models().require(call.path("model"));
    call.json(200, out -> card(out, model));
  }

  private void card(JsonOut out, Models.Announced model) {
    ModelCard card = model.card();
    PlatformJson.writeModel(out, card);
    out.flag("hasTexts", parts.texts().tokens(card.model(), card.bosToken()).isPresent())
        .flag("hasAutomaton", parts.texts().automaton(card.model()).isPresent());
  }

  private void tokens(Call call) throws IOException {
    ModelCard card = parts.models().require(call.path("model")).card();
    List<String> tokens =
        parts.texts().tokens(card.model(), card.bosToken()).orElseThrow(ModelRoutes::noFolder);
    call.json(200, out -> out.text("model", card.model()).allTexts("tokens", tokens));
  }

  private static HttpError noFolder() {
    return HttpError.notFound(
        "model", "no_model_folder", "the gateway has no folder of this model: --models");
  }

  private void tokenize(Call call) throws IOException {
    ModelCard card = parts.models().require(call.path("model")).card();
    JsonNode text = call.body().get("text");
    if (text == null || !text.isString() || text.stringValue().length() > MAX_TEXT) {
      throw HttpError.badRequest("text", "malformed", "text: up to " + MAX_TEXT + " characters");
    }
    List<Integer> ids = new ArrayList<>();
    if (card.bosToken() >= 0) {
      ids.add(card.bosToken());
    }
    try {
      ids.addAll(
          parts
              .texts()
              .tokenize(card.model(), card.bosToken(), text.stringValue())
              .orElseThrow(ModelRoutes::noFolder));
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("text", "bad-token", "the tokenizer cannot take this text");
    }
    var texts = new Texts(parts, card.model());
    call.json(200, out -> out.allObjects("tokens", ids, texts::write));
  }

  private void automaton(Call call) throws IOException {
    ModelCard card = parts.models().require(call.path("model")).card();
    byte[] automaton =
        parts
            .texts()
            .automaton(card.model())
            .orElseThrow(
                () -> HttpError.notFound("model", "no_automaton", "this model has no automaton"));
    call.answer(200, "application/json", automaton);
  }
}
