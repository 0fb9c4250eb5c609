package dev.steerage.statistics.window;

/// Counts of one site in one window.
final class Window {
  final long startMs;
  int[] counts;
  long positions;
  long natural;
  long steered;
  boolean closed;

  /// Changed since it was last reported.
  boolean changed;

  Window(long startMs, int codes) {
    this.startMs = startMs;
    this.counts = new int[codes];
  }
}
