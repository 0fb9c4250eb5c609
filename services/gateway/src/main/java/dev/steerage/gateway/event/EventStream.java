package dev.steerage.gateway.event;

import dev.steerage.gateway.GatewayMetrics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one reader follows: records of one or more topics, each once and in order by partition.
///
/// The reader pulls. While it keeps up, it gets references to the shared records; when it falls
/// behind, its mailbox is let go and it reads from Kafka again from its place: a slow reader costs
/// no memory and loses nothing. For one thread.
public final class EventStream implements AutoCloseable {
  private static final int RING_BATCH = 256;
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final LogReader reader;
  private final GatewayMetrics metrics;
  private final Mailbox mailbox;
  private final List<Source<?>> sources = new ArrayList<>();
  private final Deque<LogRecord<?>> pending = new ArrayDeque<>();

  /// @param mailboxLimit records that may wait
  public EventStream(LogReader reader, GatewayMetrics metrics, int mailboxLimit) {
    this.reader = reader;
    this.metrics = metrics;
    this.mailbox = new Mailbox(mailboxLimit);
    metrics.streamOpened();
  }

  /// Follows a topic from now on.
  public <V> EventStream follow(Tail<V> tail, Interest<V> interest) {
    long[] places = new long[tail.partitions()];
    Arrays.fill(places, Source.NOW);
    return add(tail, interest, places);
  }

  /// Follows a topic from a place on; partitions that the place does not name from now on.
  public <V> EventStream follow(Tail<V> tail, Interest<V> interest, EventId.Place from) {
    long[] places = new long[tail.partitions()];
    for (int p = 0; p < places.length; p++) {
      places[p] = from.next().getOrDefault(p, Source.NOW);
    }
    return add(tail, interest, places);
  }

  /// Follows one partition from an offset on.
  public <V> EventStream follow(Tail<V> tail, Interest<V> interest, int partition, long from) {
    long[] places = new long[tail.partitions()];
    Arrays.fill(places, Source.NOWHERE);
    places[partition] = from;
    return add(tail, interest, places);
  }

  private <V> EventStream add(Tail<V> tail, Interest<V> interest, long[] places) {
    sources.add(new Source<>(tail, interest, mailbox, places));
    return this;
  }

  /// Waits until everything that comes from now on will be seen.
  ///
  /// @return whether that was so before the deadline
  public boolean awaitAttached(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!isAttached()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      if (!catchUp()) {
        mailbox.take(pending, PAUSE.toNanos());
      }
    }
    return true;
  }

  /// The next record; empty: none came in time.
  public Optional<LogRecord<?>> next(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (pending.isEmpty()) {
      if (mailbox.isOverrun()) {
        metrics.overrun();
        sources.forEach(Source::fallBehind);
        mailbox.reset();
      }
      long left = end - System.nanoTime();
      if (isAttached()) {
        mailbox.take(pending, Math.max(left, 0));
      } else if (!catchUp()) {
        mailbox.take(pending, Math.min(Math.max(left, 0), PAUSE.toNanos()));
      }
      if (pending.isEmpty() && !mailbox.isOverrun() && System.nanoTime() - end >= 0) {
        settle();
        if (pending.isEmpty()) {
          return Optional.empty();
        }
      }
    }
    LogRecord<?> record = pending.remove();
    for (Source<?> source : sources) {
      if (source.tail().kind() == record.kind()) {
        source.gave(record);
      }
    }
    return Optional.of(record);
  }

  /// So that the id of a reader who wants little does not stay far behind.
  private void settle() throws InterruptedException {
    if (!isAttached()) {
      return;
    }
    List<long[]> ends = sources.stream().map(Source::ends).toList();
    // What was put before those ends were read is here now.
    mailbox.take(pending, 0);
    if (pending.isEmpty() && !mailbox.isOverrun()) {
      for (int i = 0; i < ends.size(); i++) {
        sources.get(i).settle(ends.get(i));
      }
    }
  }

  /// Whether a topic that it follows was deleted.
  public boolean isOver() {
    return sources.stream().anyMatch(source -> source.tail().isEnded());
  }

  private boolean isAttached() {
    for (Source<?> source : sources) {
      if (!source.isAttached()) {
        return false;
      }
    }
    return true;
  }

  private boolean catchUp() {
    boolean moved = false;
    for (Source<?> source : sources) {
      if (!source.isAttached()) {
        moved |= source.catchUp(reader, RING_BATCH, pending);
      }
    }
    return moved;
  }

  /// How far the reader came: the id of the record that [#next] gave last.
  public EventId id() {
    SortedMap<Character, EventId.Place> places = new TreeMap<>();
    for (Source<?> source : sources) {
      EventId.Place place = source.place();
      if (!place.next().isEmpty()) {
        places.put(source.tail().kind().letter(), place);
      }
    }
    return new EventId(places);
  }

  @Override
  public void close() {
    sources.forEach(Source::leave);
    metrics.streamClosed();
  }
}
