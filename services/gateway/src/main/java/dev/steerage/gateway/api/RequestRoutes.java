package dev.steerage.gateway.api;

import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.event.EventWriter;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.model.Replays;
import dev.steerage.gateway.state.RecentRequests;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What can be done with one request: commands, its codes, a replay.
public final class RequestRoutes {
  private static final int POSITIONS = 64;
  private static final int MAX_POSITIONS = 256;

  private final Parts parts;
  private final Requests requests;
  // A replay loads a model and runs it: one at a time.
  private final Semaphore replays = new Semaphore(1);

  public RequestRoutes(Parts parts) {
    this.parts = parts;
    this.requests = new Requests(parts);
  }

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/api/v1/prompts/{request}/commands", Role.OPERATOR, this::command),
        Route.of("GET", "/api/v1/prompts/{request}/activations", Role.VIEWER, this::activations),
        Route.of("POST", "/api/v1/prompts/{request}/replay", Role.ADMIN, this::replay));
  }

  private void command(Call call) throws IOException {
    String request = call.path("request");
    ObjectNode body = (ObjectNode) call.body();
    if (body.has("request") || body.has("command")) {
      throw HttpError.badRequest("request", "malformed", "the request is in the path");
    }
    String id = Ids.make("c");
    body.put("request", request).put("command", id);
    if (!body.has("author")) {
      body.put("author", call.caller().name());
    }
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    Command command =
        switch (Topics.COMMANDS.value().decode(bytes)) {
          case Decoded.Ok<Command> ok -> ok.get();
          case Decoded.Bad<Command> bad -> throw HttpError.of(bad.refusal(), null, bad.detail());
        };
    Tenant tenant = parts.tenant(call);
    Optional<RecentRequests.Summary> known = tenant.requests().find(request);
    if (known.isEmpty() || known.get().isFinished()) {
      requireRunning(tenant, request);
    }
    EventWriter.Place place = parts.write(Topics.COMMANDS.of(tenant.id()), request, command);
    Optional<RuleAck> ack;
    try {
      ack = tenant.acks().awaitCommand(id, Changes.wait(call));
    } catch (InterruptedException e) {
      throw Parts.interrupted();
    }
    if (ack.flatMap(RuleAck::refusal).filter(Refusal.UNKNOWN_REQUEST::equals).isPresent()) {
      throw HttpError.conflict("not_running", "the request does not run any more");
    }
    Changes.answer(call, id, place.offset(), ack);
  }

  private void requireRunning(Tenant tenant, String request) {
    if (requests.require(tenant, request).end() >= 0) {
      throw HttpError.conflict("not_running", "the request has ended");
    }
  }

  private void activations(Call call) throws IOException {
    String request = call.path("request");
    int from = call.queryNumber("from", 0, Integer.MAX_VALUE, 0);
    int limit = call.queryNumber("limit", 1, MAX_POSITIONS, POSITIONS);
    PositionCodes found =
        parts.codes().ask(index -> index.positions(call.caller().tenant(), request, from, limit));
    call.json(
        200,
        out ->
            out.text("request", request)
                .text("model", found.model())
                .allObjects(
                    "sites",
                    found.sites(),
                    (one, site) ->
                        one.text("site", site.site().toString()).whole("slots", site.slots()))
                .allObjects(
                    "positions",
                    found.positions(),
                    (one, position) ->
                        one.whole("position", position.position())
                            .whole("token", position.token())
                            .flag("live", position.live())
                            .allIntegerLists("codes", bySite(found, position)))
                .whole("end", found.endPosition()));
  }

  private static List<List<Integer>> bySite(PositionCodes found, PositionCodes.Position position) {
    List<List<Integer>> bySite = new ArrayList<>(found.sites().size());
    int at = 0;
    for (PositionCodes.SiteSlots site : found.sites()) {
      bySite.add(position.codes().subList(at, at + site.slots()));
      at += site.slots();
    }
    return bySite;
  }

  private void replay(Call call) throws IOException {
    String request = call.path("request");
    OptionalLong revision = revision(call.body());
    Tenant tenant = parts.tenant(call);
    requests.require(tenant, request);
    String model =
        tenant.requests().find(request).flatMap(RecentRequests.Summary::model).orElse("");
    if (!replays.tryAcquire()) {
      throw HttpError.tooMany("replays at the same time: limit=1", 2);
    }
    Replays.Answer answer;
    try {
      answer = parts.replays().replay(tenant.id(), request, model, revision);
    } finally {
      replays.release();
    }
    switch (answer) {
      case Replays.Answer.Unavailable(String why) ->
          throw HttpError.unavailable("no_model_folder", why, 60);
      case Replays.Answer.Impossible(String why) -> throw HttpError.conflict("no_replay", why);
      case Replays.Answer.Ran ran -> ran(call, request, revision, ran, new Texts(parts, model));
    }
  }

  private static OptionalLong revision(JsonNode body) {
    JsonNode revision = body.get("revision");
    boolean isKnown = body.propertyNames().stream().allMatch("revision"::equals);
    if (!isKnown || (revision != null && !revision.canConvertToLong())) {
      throw HttpError.badRequest("revision", "malformed", "expected {} or {\"revision\": N}");
    }
    return revision == null ? OptionalLong.empty() : OptionalLong.of(revision.longValue());
  }

  private static void ran(
      Call call, String request, OptionalLong revision, Replays.Answer.Ran ran, Texts texts)
      throws IOException {
    boolean identical = ran.differingToken().isEmpty() && ran.differingPosition().isEmpty();
    call.json(
        200,
        out ->
            out.text("request", request)
                .flag("identical", identical)
                .whole("revision", revision)
                .allObjects("tokens", ran.tokens(), texts::write)
                .allObjects("recorded", ran.recorded(), texts::write)
                .whole("differingToken", ran.differingToken())
                .whole("positions", ran.positions())
                .whole("differingPosition", ran.differingPosition())
                .allTexts("recordedClasses", ran.recordedClasses())
                .text("numericClass", ran.numericClass()));
  }
}
