package dev.steerage.worker.generation;

import dev.steerage.worker.tick.TickEvent;

/// Takes codes as they fire, for whoever watches live. Never waits: what it cannot take is dropped
/// and counted, and comes with the committed records anyway.
public interface LiveSink extends AutoCloseable {
  /// Decode thread only.
  void offer(TickEvent.Fired fired);

  @Override
  void close();

  /// Nobody watches.
  static LiveSink none() {
    return new LiveSink() {
      @Override
      public void offer(TickEvent.Fired fired) {}

      @Override
      public void close() {}
    };
  }
}
