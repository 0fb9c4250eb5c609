package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.Feed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;

/// Waits for events of one feed, in order; what came before a match is dropped.
final class Watch<V> implements AutoCloseable {
  private static final Duration GIVE_UP = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Feed<V> feed;
  private final Deque<Event<V>> pending = new ArrayDeque<>();

  Watch(Feed<V> feed) {
    this.feed = feed;
  }

  /// The next event that matches.
  Event<V> await(String what, Predicate<V> match) {
    long deadline = System.nanoTime() + GIVE_UP.toNanos();
    while (System.nanoTime() < deadline) {
      while (!pending.isEmpty()) {
        Event<V> event = pending.poll();
        Optional<V> value = event.value().value();
        if (value.isPresent() && match.test(value.get())) {
          return event;
        }
      }
      pending.addAll(feed.poll(POLL));
    }
    throw new CliException(
        ExitCode.TIMEOUT, what + ": not seen, limit=" + GIVE_UP.toSeconds() + " s");
  }

  @Override
  public void close() {
    feed.close();
  }
}
