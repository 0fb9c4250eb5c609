package dev.steerage.gateway.api;

import dev.steerage.gateway.event.LogReader;
import dev.steerage.gateway.event.LogRecord;
import dev.steerage.gateway.event.Tail;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.state.RecentRequests;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.message.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the events of a request, remembered or not.
final class Requests {
  private static final long CLOCK_SKEW_MS = 60_000;

  private final Parts parts;

  Requests(Parts parts) {
    this.parts = parts;
  }

  /// Where the events of a request begin.
  ///
  /// @param end offset after its last event; -1: it runs
  record Found(int partition, long from, long end, long atMs) {}

  /// The place of a request.
  ///
  /// @throws HttpError 404 if it is not found within the limits
  Found require(Tenant tenant, String request) {
    Optional<RecentRequests.Summary> known = tenant.requests().find(request);
    if (known.isPresent()) {
      RecentRequests.Summary summary = known.get();
      return new Found(
          summary.partition(), summary.from(), summary.end().orElse(-1), summary.atMs());
    }
    return scan(tenant.tails().completions(), request)
        .orElseThrow(
            () -> HttpError.notFound("request", "unknown-request", "no such request is known"));
  }

  /// Looks through the partition of the id: from the time in it, else the newest records.
  private Optional<Found> scan(Tail<Completion> tail, String request) {
    LogReader reader = parts.reader();
    int partition = parts.writer().partitionOf(request, tail.partitions());
    long end = tail.next(partition);
    long from =
        Ids.timeMs(request).isPresent()
            ? reader
                .at(tail.topic(), partition, Ids.timeMs(request).getAsLong() - CLOCK_SKEW_MS)
                .orElse(end)
            : end - parts.limits().scanRecords();
    long at = Math.max(reader.first(tail.topic(), partition), from);
    long last = Math.min(end, at + parts.limits().scanRecords());
    while (at < last) {
      LogReader.Batch batch = reader.read(tail.topic(), partition, at, last);
      for (LogReader.Raw raw : batch.records()) {
        if (raw.key().equals(request)) {
          List<LogRecord<Completion>> events = read(tail, request, partition, raw.offset());
          long finished =
              events.stream()
                  .filter(e -> e.value().filter(Completion.Finished.class::isInstance).isPresent())
                  .mapToLong(e -> e.offset() + 1)
                  .findFirst()
                  .orElse(-1);
          return Optional.of(new Found(partition, raw.offset(), finished, raw.timeMs()));
        }
      }
      at = batch.next();
    }
    return Optional.empty();
  }

  /// The events of a request from an offset on, up to its last or the end of the partition.
  List<LogRecord<Completion>> read(
      Tail<Completion> tail, String request, int partition, long from) {
    List<LogRecord<Completion>> events = new ArrayList<>();
    long end = tail.next(partition);
    long at = from;
    while (at < end && at - from <= parts.limits().scanRecords()) {
      LogReader.Batch batch = parts.reader().read(tail.topic(), partition, at, end);
      for (LogReader.Raw raw : batch.records()) {
        if (raw.key().equals(request)) {
          var event =
              LogRecord.of(
                  tail.kind(), partition, raw.offset(), raw.timeMs(), raw.key(), raw.value());
          events.add(event);
          if (event.value().filter(Completion.Finished.class::isInstance).isPresent()) {
            return events;
          }
        }
      }
      at = batch.next();
    }
    return events;
  }
}
