package dev.steerage.index.store;

/// What [Lookups#counts] found; reused from look-up to look-up.
public final class CountsView {
  long firings;
  long live;
  long positions;
  long knownSinceMs;

  public long firings() {
    return firings;
  }

  public long live() {
    return live;
  }

  public long positions() {
    return positions;
  }

  public long knownSinceMs() {
    return knownSinceMs;
  }
}
