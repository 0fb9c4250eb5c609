package dev.steerage.trainer.model;

/// Loss and hits, added up in a fixed order by one thread.
public final class Tally {
  private double loss;
  private long hits;
  private long targets;

  void add(double nats, boolean hit) {
    loss += nats;
    hits += hit ? 1 : 0;
    targets++;
  }

  /// Adds another tally behind this one.
  public void add(Tally other) {
    loss += other.loss;
    hits += other.hits;
    targets += other.targets;
  }

  public void clear() {
    loss = 0;
    hits = 0;
    targets = 0;
  }

  /// Mean loss in nats.
  public double loss() {
    return loss / targets;
  }

  /// Share of targets that had the largest logit.
  public double accuracy() {
    return (double) hits / targets;
  }

  public long targets() {
    return targets;
  }
}
