package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Team;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.forward.Weights;
import dev.steerage.transformer.intervention.Steering;
import java.util.stream.IntStream;

/// Streams that decode a token each per step, or one prompt at a time; tokens are made up, as only
/// the time counts.
final class Streams implements AutoCloseable {
  private static final int FIRST = 16;
  private static final int LAST = 240;

  private final Weights weights;
  private final ForwardPass forward;
  private final int streams;
  private final int pagesPerStream;
  private int position = FIRST;
  private int token = 1;

  private Streams(Weights weights, Team team, int streams, int rows, int positions) {
    this.weights = weights;
    this.streams = streams;
    pagesPerStream = positions / ForwardPass.pageSize() + 1;
    int pages = streams * pagesPerStream;
    forward =
        new ForwardPass(weights, team, rows, streams, pages, IntStream.range(0, pages).toArray());
  }

  /// Steps of so many streams, from position 16 to 240 and again.
  static Times decode(Weights weights, Team team, int streams, double seconds) {
    try (Streams running = new Streams(weights, team, streams, FIRST * streams, LAST)) {
      running.rows(0, FIRST);
      return Times.of(seconds, running::step);
    }
  }

  /// A prompt of so many tokens, again and again.
  static Times prompt(Weights weights, Team team, int tokens, double seconds) {
    try (Streams running = new Streams(weights, team, 1, tokens, tokens)) {
      return Times.of(seconds, () -> running.rows(0, tokens));
    }
  }

  private void step() {
    rows(position, 1);
    position = position + 1 == LAST ? FIRST : position + 1;
  }

  private void rows(int from, int count) {
    forward.clear();
    Steering none = Steering.NONE;
    for (int s = 0; s < streams; s++) {
      for (int i = 0; i < count; i++) {
        token = (int) (token * 48_271L % (weights.config().vocabulary() - 1)) + 1;
        forward.add(token, from + i, s * pagesPerStream, none, i == count - 1);
      }
    }
    forward.run();
  }

  @Override
  public void close() {
    forward.close();
  }
}
