package dev.steerage.cli.log;

import java.time.Duration;
import java.util.List;

/// The committed records of one topic, in the order of each partition. For one thread.
public interface Feed<V> extends AutoCloseable {
  /// Where reading begins.
  enum From {
    /// With the oldest record that is kept.
    START,
    /// With what is written after the feed was opened.
    NOW
  }

  /// What has come since the last call; waits for at most `timeout` when nothing has.
  List<Event<V>> poll(Duration timeout);

  /// Whether everything that was committed when the feed was opened has been read.
  boolean isCaughtUp();

  @Override
  void close();
}
