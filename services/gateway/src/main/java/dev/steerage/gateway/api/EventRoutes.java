package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Site;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.event.EventId;
import dev.steerage.gateway.event.EventStream;
import dev.steerage.gateway.event.Interest;
import dev.steerage.gateway.event.Tails;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// One stream of many kinds of events.
public final class EventRoutes {
  private final Parts parts;
  private final Follower follower;

  public EventRoutes(Parts parts) {
    this.parts = parts;
    this.follower = new Follower(parts);
  }

  public List<Route> routes() {
    return List.of(Route.of("GET", "/api/v1/events", Role.VIEWER, this::follow));
  }

  /// What the caller wants of each topic.
  private record Wish(
      Optional<String> request, Optional<String> model, Set<Site> sites, OptionalLong windowMs) {
    boolean hasModel(String name) {
      return model.map(name::equals).orElse(true);
    }

    boolean hasSite(String name) {
      return sites.isEmpty() || sites.contains(Site.parse(name));
    }
  }

  private void follow(Call call) throws IOException {
    List<Site> sites = Follower.sites(call);
    var wish =
        new Wish(
            call.query("request"),
            call.query("model"),
            new HashSet<>(sites),
            call.queryNumber("windowMs", 1, Long.MAX_VALUE));
    List<String> topics = call.queryList("topics");
    if (topics.isEmpty() || new HashSet<>(topics).size() < topics.size()) {
      throw HttpError.badRequest("topics", "malformed", "topics: expected some, each once");
    }
    if (topics.contains("pairs") && topics.contains("completions")) {
      throw HttpError.badRequest("topics", "malformed", "topics: completions bring pairs along");
    }
    Optional<EventId> last = Follower.lastEventId(call);
    Tenant tenant = parts.tenant(call);
    EventStream stream = parts.stream();
    try {
      topics.forEach(topic -> add(stream, tenant.tails(), topic, wish, last));
    } catch (HttpError e) {
      stream.close();
      throw e;
    }
    follower.write(call, tenant, stream, sites, _ -> false);
  }

  private void add(
      EventStream stream, Tails tails, String topic, Wish wish, Optional<EventId> last) {
    switch (topic) {
      case "completions" ->
          follower.follow(
              stream,
              tails.completions(),
              wish.request()
                  .<Interest<Completion>>map(request -> new Interest.Keys<>(Set.of(request)))
                  .orElseGet(() -> new Interest.Matching<>(_ -> true)),
              last);
      case "pairs" ->
          follower.follow(
              stream,
              tails.completions(),
              new Interest.Matching<>(Completion.Paired.class::isInstance),
              last);
      case "rules" ->
          follower.follow(stream, tails.rules(), new Interest.Matching<>(_ -> true), last);
      case "acks" ->
          follower.follow(
              stream,
              tails.acks(),
              new Interest.Matching<>(
                  ack -> wish.request().isEmpty() || wish.request().equals(ack.request())),
              last);
      case "statistics" ->
          follower.follow(
              stream,
              tails.statistics(),
              new Interest.Matching<>(
                  window ->
                      wish.hasModel(window.model())
                          && wish.hasSite(window.site())
                          && (wish.windowMs().isEmpty()
                              || wish.windowMs().getAsLong() == window.windowMs())),
              last);
      case "alerts" ->
          follower.follow(stream, tails.alerts(), new Interest.Matching<>(_ -> true), last);
      case "activations" -> follower.follow(stream, tails.activations(), activations(wish), last);
      default ->
          throw HttpError.badRequest(
              "topics",
              "malformed",
              "topics: expected completions, pairs, rules, acks, statistics, alerts or"
                  + " activations");
    }
  }

  private static Interest<byte[]> activations(Wish wish) {
    if (wish.request().isPresent()) {
      return new Interest.Keys<>(Set.of(wish.request().get()));
    }
    return new Interest.Matching<>(
        bytes -> {
          var in = new ActivationsDecoder();
          return in.wrap(bytes).isEmpty() && wish.hasModel(in.model());
        });
  }
}
