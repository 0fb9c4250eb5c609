package dev.steerage.index.corpus;

import dev.steerage.domain.model.SiteShape;

/// How large the codes of a corpus are beside what information theory asks for.
///
/// @param activations codes that fired, all sites together
/// @param forwardBits entropy of the ids, site by site and segment by segment, order 0
/// @param postingBits logarithm of the number of sets of each list's size, list by list
public record Measure(
    long activations,
    long forwardBytes,
    double forwardBits,
    long postingBytes,
    double postingBits) {
  private static final double LN_2 = Math.log(2);

  /// Measures every segment.
  public static Measure of(Corpus corpus) {
    long activations = 0;
    long forwardBytes = 0;
    long postingBytes = 0;
    double forwardBits = 0;
    double postingBits = 0;
    for (Segment segment : corpus.segments()) {
      forwardBytes += segment.forwardBytes();
      postingBytes += segment.postingBytes();
      for (int site = 0; site < corpus.info().sites().size(); site++) {
        SiteShape shape = corpus.info().sites().get(site);
        double all = (double) segment.positions() * shape.activeCodes();
        activations += (long) all;
        for (int count : segment.counts(site)) {
          if (count > 0) {
            forwardBits += count * Math.log(all / count) / LN_2;
            postingBits += setBits(segment.positions(), count);
          }
        }
      }
    }
    return new Measure(activations, forwardBytes, forwardBits, postingBytes, postingBits);
  }

  /// `log2` of n over k, by Stirling's series for the logarithm of the gamma function.
  static double setBits(long n, long k) {
    return (logFactorial(n) - logFactorial(k) - logFactorial(n - k)) / LN_2;
  }

  private static double logFactorial(long n) {
    if (n < 20) {
      double sum = 0;
      for (long i = 2; i <= n; i++) {
        sum += Math.log(i);
      }
      return sum;
    }
    double x = n;
    return x * Math.log(x)
        - x
        + 0.5 * Math.log(2 * Math.PI * x)
        + 1 / (12 * x)
        - 1 / (360 * x * x * x);
  }

  public double forwardRatio() {
    return 8 * forwardBytes / forwardBits;
  }

  public double postingRatio() {
    return 8 * postingBytes / postingBits;
  }
}
