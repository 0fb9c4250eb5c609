package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Site;
import dev.steerage.gateway.event.EventId;
import dev.steerage.gateway.event.EventStream;
import dev.steerage.gateway.event.Interest;
import dev.steerage.gateway.event.LogReader;
import dev.steerage.gateway.event.LogRecord;
import dev.steerage.gateway.event.Tail;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.EventSink;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.state.Tenant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Writes a stream of records as server-sent events, from the right place on.
final class Follower {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final int RETRY_MS = 1_000;
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

  private final Parts parts;

  Follower(Parts parts) {
    this.parts = parts;
  }

  /// The place that the caller comes back from.
  ///
  /// @throws HttpError 400 if it is none
  static Optional<EventId> lastEventId(Call call) {
    Optional<String> text =
        call.header("Last-Event-ID")
            .filter(id -> !id.isEmpty())
            .or(() -> call.query("lastEventId"));
    return text.map(
        id ->
            EventId.parse(id)
                .orElseThrow(
                    () -> HttpError.badRequest("Last-Event-ID", "malformed", "no event id")));
  }

  /// Sites that the caller names.
  static List<Site> sites(Call call) {
    try {
      return call.queryList("sites").stream().map(Site::parse).toList();
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("sites", "malformed", e.getMessage());
    }
  }

  /// Follows a topic after the caller's last event, or from now on.
  <V> void follow(EventStream stream, Tail<V> tail, Interest<V> interest, Optional<EventId> last) {
    Optional<EventId.Place> place = last.flatMap(id -> place(tail, id));
    if (place.isPresent()) {
      stream.follow(tail, interest, place.get());
    } else {
      stream.follow(tail, interest);
    }
  }

  /// The place in a topic that an id names.
  ///
  /// @throws HttpError 409 if the records after it are gone
  <V> Optional<EventId.Place> place(Tail<V> tail, EventId id) {
    EventId.Place place = id.places().get(tail.kind().letter());
    if (place == null) {
      return Optional.empty();
    }
    if (!place.topic().equals(tail.digits())) {
      throw HttpError.conflict("events_expired", "the topic was made anew since that event");
    }
    place
        .next()
        .forEach(
            (partition, next) -> {
              if (partition >= tail.partitions()) {
                throw HttpError.badRequest("Last-Event-ID", "malformed", "no event id");
              }
              // The log knows; this gateway may have started a moment ago.
              if (next > tail.next(partition)
                  && next > parts.reader().end(tail.topic(), partition)) {
                throw HttpError.badRequest("Last-Event-ID", "malformed", "an event to come");
              }
              if (!tail.holds(partition, next)
                  && next < parts.reader().first(tail.topic(), partition)) {
                throw HttpError.conflict("events_expired", "the events after it are deleted");
              }
            });
    return Optional.of(place);
  }

  /// The place of a broker time.
  ///
  /// @param only this partition; empty: all
  <V> EventId.Place since(Tail<V> tail, OptionalInt only, long atMs) {
    LogReader reader = parts.reader();
    SortedMap<Integer, Long> next = new TreeMap<>();
    for (int partition = 0; partition < tail.partitions(); partition++) {
      if (only.isEmpty() || only.getAsInt() == partition) {
        // The end first: what comes between the two questions is behind it.
        long end = reader.end(tail.topic(), partition);
        OptionalLong found = reader.at(tail.topic(), partition, atMs);
        next.put(partition, found.orElse(end));
      }
    }
    return new EventId.Place(tail.digits(), next);
  }

  /// Writes events until the last one, the reader's end or the gateway's.
  ///
  /// @param isLast the event after which only what belongs to it may come
  void write(
      Call call,
      Tenant tenant,
      EventStream stream,
      List<Site> sites,
      Predicate<LogRecord<?>> isLast)
      throws IOException {
    try (stream;
        Tenant.Share _ = tenant.stream()) {
      EventSink sink = call.events();
      try {
        sink.retry(RETRY_MS);
        loop(sink, stream, sites, isLast);
        sink.end();
      } catch (HttpError e) {
        // Said in the stream: the answer has begun. The reader may come again.
        sink.event("error", stream.id().toString(), e.body());
        sink.end();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        sink.end();
      } catch (IOException e) {
        parts.metrics().cutOff();
        throw e;
      }
    }
  }

  private static void loop(
      EventSink sink, EventStream stream, List<Site> sites, Predicate<LogRecord<?>> isLast)
      throws IOException, InterruptedException {
    long end = Long.MAX_VALUE;
    while (true) {
      long leftNs = end == Long.MAX_VALUE ? SILENCE.toNanos() : end - System.nanoTime();
      Optional<LogRecord<?>> record = stream.next(Duration.ofNanos(Math.max(leftNs, 0)));
      if (record.isEmpty()) {
        if (end != Long.MAX_VALUE) {
          sink.event("end", stream.id().toString(), NOTHING);
          return;
        }
        if (stream.isOver()) {
          throw HttpError.unavailable("tenant_deleted", "the tenant was deleted", 5);
        }
        sink.silence(stream.id().toString());
        continue;
      }
      Optional<Frames.Frame> frame = Frames.of(record.get(), sites);
      if (frame.isPresent()) {
        sink.event(frame.get().name(), stream.id().toString(), frame.get().data());
      }
      if (end == Long.MAX_VALUE && isLast.test(record.get())) {
        end = System.nanoTime() + LINGER.toNanos();
      }
    }
  }

  /// Answers with the event `end` alone: everything was read before.
  static void end(Call call, EventId id) throws IOException {
    EventSink sink = call.events();
    sink.event("end", id.toString(), NOTHING);
    sink.end();
  }
}
