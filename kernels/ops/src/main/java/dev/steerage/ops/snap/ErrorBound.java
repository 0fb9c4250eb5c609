package dev.steerage.ops.snap;

/// How far a float32 scan can be from the canonical score of the same row and code.
///
/// Let e = 2^-24, u the row, c the code, d the width, M the largest norm of a code. A scan is one
/// chain of d fused multiply-adds; each rounds once, so the chain is off by at most `d e / (1 - d
/// e)` times the sum of the absolute terms, which Cauchy-Schwarz bounds by |u| |c|.
///
/// - INNER_PRODUCT scans `c / |c|` rounded to float32 (one relative e per element): off by `|u| (d
///   +
///   1) e`, and the canonical double is off by `|u| (2d + 8) 2^-53`.
/// - EUCLIDEAN scans `u . c - |c|^2 / 2`, whose order is that of the score: start value rounded
///   (e), then the chain over `M^2 / 2 + |u| M`; the canonical double by `(d + 4) 2^-53 (|u| +
///   M)^2`.
///
/// Subnormals add at most 2^-149 per operation. A factor of 1.01 covers the second-order terms for
/// d up to 100,000. Two codes can only change places within twice this bound.
final class ErrorBound {
  private static final double E = 0x1p-24;
  private static final double TINY = 0x1p-149;

  /// Beyond this magnitude a chain could overflow, so the row is ranked canonically.
  private static final double LARGEST = 1e18;

  private ErrorBound() {}

  /// The bound, or NaN where the scan cannot be trusted and every code has to be ranked
  /// canonically.
  static double of(Similarity similarity, int width, double rowNorm, double maxNorm) {
    if (!(rowNorm <= LARGEST && maxNorm <= LARGEST && width <= 100_000)) {
      return Double.NaN;
    }
    double tiny = TINY * (2 * width + 4 + rowNorm * Math.sqrt(width));
    return switch (similarity) {
      case INNER_PRODUCT -> 1.01 * rowNorm * ((width + 2) * E + (2 * width + 8) * 0x1p-53) + tiny;
      case EUCLIDEAN ->
          1.01
                  * ((width + 2) * E * (maxNorm * maxNorm / 2 + rowNorm * maxNorm)
                      + (width + 4) * 0x1p-53 * (rowNorm + maxNorm) * (rowNorm + maxNorm))
              + tiny;
    };
  }
}
