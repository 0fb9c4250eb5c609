package dev.steerage.statistics.window;

/// Takes counts of codes.
@FunctionalInterface
interface CountSink {
  void add(int code, int count);
}
