package dev.steerage.schemas.index;

/// How well a code says where something matches.
///
/// @param hits matches on which the code fires
/// @param firings all its firings
/// @param matches all matches
public record CodeScore(long hits, long firings, long matches) {
  /// Two-sided 95 % of the normal distribution.
  private static final double Z = 1.959963984540054;

  /// Share of the firings that are matches; 0 without firings.
  public double precision() {
    return firings == 0 ? 0 : (double) hits / firings;
  }

  /// Share of the matches on which it fires; 0 without matches.
  public double recall() {
    return matches == 0 ? 0 : (double) hits / matches;
  }

  /// Harmonic mean of precision and recall.
  public double f1() {
    return firings + matches == 0 ? 0 : 2.0 * hits / (firings + matches);
  }

  /// 95 % interval of the precision.
  public Interval precisionInterval() {
    return wilson(hits, firings);
  }

  /// 95 % interval of the recall.
  public Interval recallInterval() {
    return wilson(hits, matches);
  }

  /// Wilson's score interval. It takes tokens for independent, which those of one document are not:
  /// with few documents the truth is wider.
  public static Interval wilson(long successes, long trials) {
    if (trials == 0) {
      return new Interval(0, 1);
    }
    double share = (double) successes / trials;
    double zz = Z * Z / trials;
    double middle = (share + zz / 2) / (1 + zz);
    double half = Z * Math.sqrt(share * (1 - share) / trials + zz / (4 * trials)) / (1 + zz);
    return new Interval(
        successes == 0 ? 0 : Math.max(0, middle - half),
        successes == trials ? 1 : Math.min(1, middle + half));
  }

  /// Lower and upper end.
  public record Interval(double low, double high) {}
}
