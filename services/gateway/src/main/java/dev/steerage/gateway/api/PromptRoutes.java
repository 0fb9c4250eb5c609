package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.event.EventId;
import dev.steerage.gateway.event.EventStream;
import dev.steerage.gateway.event.Interest;
import dev.steerage.gateway.event.LogRecord;
import dev.steerage.gateway.event.Tail;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.RecentRequests;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.json.CompletionJson;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Prompts in, their events out.
public final class PromptRoutes {
  private static final Set<String> INCLUDE = Set.of("codes", "acks");

  private final Parts parts;
  private final Requests requests;
  private final Follower follower;

  public PromptRoutes(Parts parts) {
    this.parts = parts;
    this.requests = new Requests(parts);
    this.follower = new Follower(parts);
  }

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/api/v1/prompts", Role.OPERATOR, this::create),
        Route.of("GET", "/api/v1/prompts", Role.VIEWER, this::list),
        Route.of("GET", "/api/v1/prompts/{request}", Role.VIEWER, this::get),
        Route.of("GET", "/api/v1/prompts/{request}/events", Role.VIEWER, this::follow));
  }

  private void create(Call call) throws IOException {
    ObjectNode body = (ObjectNode) call.body();
    if (!body.has("request")) {
      body.put("request", Ids.make("p"));
    }
    Prompt prompt = read(body);
    Models.Announced model = parts.models().require(prompt.model());
    Tenant tenant = parts.tenant(call);
    checkRules(prompt.rules(), model, tenant);
    String request = prompt.request().orElseThrow();
    tenant.requireRoom(prompt.requests());
    Tail<Completion> tail = tenant.tails().completions();
    int partition = parts.writer().partitionOf(request, tail.partitions());
    long from = tail.next(partition);
    if (!tenant
        .requests()
        .sending(request, prompt.model(), partition, from, System.currentTimeMillis())) {
      throw HttpError.conflict("id-conflict", "a request of this id is known");
    }
    try {
      parts.write(Topics.PROMPTS.of(tenant.id()), prompt.session().orElse(request), prompt);
    } catch (HttpError e) {
      tenant.requests().notSent(request);
      throw e;
    }
    String cursor = cursor(tail, partition, from);
    call.json(
        202,
        out ->
            out.text("request", request)
                .text("cursor", cursor)
                .text(
                    "events",
                    "/api/v1/prompts/"
                        + encode(request)
                        + "/events?lastEventId="
                        + encode(cursor)));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String cursor(Tail<?> tail, int partition, long next) {
    var place = new EventId.Place(tail.digits(), new TreeMap<>(java.util.Map.of(partition, next)));
    return new EventId(new TreeMap<>(java.util.Map.of(tail.kind().letter(), place))).toString();
  }

  /// The prompt of a body.
  ///
  /// @throws HttpError if it breaks the published schema
  static Prompt read(ObjectNode body) {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    return switch (Topics.PROMPTS.value().decode(bytes)) {
      case Decoded.Ok<Prompt> ok -> ok.get();
      case Decoded.Bad<Prompt> bad -> throw HttpError.of(bad.refusal(), null, bad.detail());
    };
  }

  /// Refuses rules that the worker would refuse, before anything is written.
  public static void checkRules(List<Rule> rules, Models.Announced model, Tenant tenant) {
    if (rules.isEmpty()) {
      return;
    }
    var book = tenant.rules().book(model);
    List<RuleProblem> problems =
        rules.stream()
            .flatMap(
                rule ->
                    RuleValidation.checkInline(
                        rule, model.shape(), concept -> book.concept(model.card().model(), concept))
                        .stream())
            .toList();
    if (!problems.isEmpty()) {
      throw problems(problems);
    }
  }

  static HttpError problems(List<RuleProblem> problems) {
    RuleProblem first = problems.getFirst();
    if (first.kind() == RuleProblem.Kind.OVER_QUOTA) {
      return HttpError.forbidden(dev.steerage.schemas.json.Words.of(first.kind()), first.detail());
    }
    return HttpError.unprocessable(
        dev.steerage.schemas.json.Words.of(first.kind()), first.detail(), problems);
  }

  private void list(Call call) throws IOException {
    int limit = call.queryNumber("limit", 1, 1_000, 100);
    List<RecentRequests.Summary> newest = parts.tenant(call).requests().newest(limit);
    call.json(200, out -> out.allObjects("prompts", newest, PromptRoutes::summary));
  }

  private static void summary(JsonOut out, RecentRequests.Summary summary) {
    out.text("request", summary.request())
        .text("model", summary.model())
        .text("state", summary.isFinished() ? "finished" : "running");
    summary.reason().ifPresent(reason -> out.word("reason", reason));
    out.whole("atMs", summary.atMs())
        .whole("promptTokens", summary.promptTokens())
        .whole("completionTokens", summary.completionTokens())
        .whole("revision", summary.revision());
  }

  private void get(Call call) throws IOException {
    String request = call.path("request");
    Tenant tenant = parts.tenant(call);
    Requests.Found found = requests.require(tenant, request);
    Tail<Completion> tail = tenant.tails().completions();
    List<LogRecord<Completion>> events =
        requests.read(tail, request, found.partition(), found.from());
    long next = events.isEmpty() ? found.from() : events.getLast().offset() + 1;
    List<Completion> readable = events.stream().flatMap(e -> e.value().stream()).toList();
    call.json(
        200,
        out ->
            out.text("request", request)
                .allObjects("events", readable, CompletionJson::write)
                .text("cursor", cursor(tail, found.partition(), next)));
  }

  private void follow(Call call) throws IOException {
    String request = call.path("request");
    Set<String> include = new HashSet<>(call.queryList("include"));
    if (!INCLUDE.containsAll(include)) {
      throw HttpError.badRequest("include", "malformed", "include: expected codes or acks");
    }
    List<Site> sites = Follower.sites(call);
    Optional<EventId> last = Follower.lastEventId(call);
    Tenant tenant = parts.tenant(call);
    Tail<Completion> tail = tenant.tails().completions();
    Optional<EventId.Place> place = last.flatMap(id -> follower.place(tail, id));
    Requests.Found found;
    try {
      found = requests.require(tenant, request);
    } catch (HttpError e) {
      if (place.isEmpty() || e.status() != 404) {
        throw e;
      }
      // Sent, and nothing has been said about it yet.
      int partition = parts.writer().partitionOf(request, tail.partitions());
      found = new Requests.Found(partition, 0, -1, System.currentTimeMillis());
    }
    Long from = place.map(at -> at.next().get(found(tail, request))).orElse(null);
    if (from != null && found.end() >= 0 && from >= found.end()) {
      Follower.end(call, last.orElseThrow());
      return;
    }
    EventStream stream = parts.stream();
    try {
      follow(stream, tenant, request, found, include, last, from);
    } catch (HttpError e) {
      stream.close();
      throw e;
    }
    follower.write(call, tenant, stream, sites, PromptRoutes::isLast);
  }

  private int found(Tail<Completion> tail, String request) {
    return parts.writer().partitionOf(request, tail.partitions());
  }

  private void follow(
      EventStream stream,
      Tenant tenant,
      String request,
      Requests.Found found,
      Set<String> include,
      Optional<EventId> last,
      Long from) {
    stream.follow(
        tenant.tails().completions(),
        new Interest.Keys<>(Set.of(request)),
        found.partition(),
        from == null ? found.from() : from);
    if (include.contains("codes")) {
      Tail<byte[]> codes = tenant.tails().activations();
      int partition = parts.writer().partitionOf(request, codes.partitions());
      EventId.Place place =
          last.flatMap(id -> follower.place(codes, id))
              .orElseGet(
                  () -> follower.since(codes, OptionalInt.of(partition), found.atMs() - 1_000));
      stream.follow(
          codes, new Interest.Keys<>(Set.of(request)), partition, place.next().get(partition));
    }
    if (include.contains("acks")) {
      Tail<RuleAck> acks = tenant.tails().acks();
      EventId.Place place =
          last.flatMap(id -> follower.place(acks, id))
              .orElseGet(() -> follower.since(acks, OptionalInt.empty(), found.atMs() - 1_000));
      stream.follow(
          acks,
          new Interest.Matching<>(ack -> ack.request().filter(request::equals).isPresent()),
          place);
    }
  }

  private static boolean isLast(LogRecord<?> record) {
    return record.value().orElse(null) instanceof Completion.Finished;
  }
}
