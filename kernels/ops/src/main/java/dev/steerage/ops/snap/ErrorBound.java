package dev.steerage.ops.snap;

/// How far a scan of bf16 codes can be from the canonical score of the same row and code.
///
/// Let e = 2^-24, u the row, c the code, d the width, M the largest norm of a code, c' the code as
/// scanned and D the largest |c - c'| (of unit codes under INNER_PRODUCT), u' the row as scanned
/// and R = |u - u'|: 0 where a scan multiplies float32 rows, else the row rounded to bf16. D and R
/// are computed, not estimated.
///
/// - Rounding: `u . c - u' . c' = u . (c - c') + (u - u') . c'`, at most `|u| D + R (|c| + D)` by
///   Cauchy-Schwarz.
/// - Summing: one scan adds d products in any order, with at most two roundings each, so it is off
///   by at most about `2 d e` times the sum of the absolute terms, that is `2 d e |u| |c|`.
/// - EUCLIDEAN scans `u . c - |c|^2 / 2`, whose order is that of the score: the start value is
///   rounded (e) and takes part in the sum, `M^2 / 2 + |u| M` in place of `|u| |c|`.
/// - The canonical double is off by `|u| (2d + 8) 2^-53`, or `(d + 4) 2^-53 (|u| + M)^2`.
/// - Dot products and tiles of bf16 take subnormals for 0: at most 2^-126 per operation, and as
///   much per element of a row or a code.
///
/// A factor of 1.01 covers the second-order terms for d up to 100,000. Two codes can only change
/// places within twice this bound.
final class ErrorBound {
  private static final double E = 0x1p-24;
  private static final double TINY = 0x1p-126;

  /// Beyond this magnitude a chain could overflow, so the row is ranked canonically.
  private static final double LARGEST = 1e18;

  private ErrorBound() {}

  /// The bound, or NaN where the scan cannot be trusted and every code has to be ranked
  /// canonically.
  ///
  /// @param rowNorm |u|
  /// @param rowRest R
  /// @param maxNorm M
  /// @param codeRest D
  static double of(
      Similarity similarity,
      int width,
      double rowNorm,
      double rowRest,
      double maxNorm,
      double codeRest) {
    if (!(rowNorm <= LARGEST && maxNorm <= LARGEST && width <= 100_000)) {
      return Double.NaN;
    }
    double largest =
        switch (similarity) {
          case INNER_PRODUCT -> 1;
          case EUCLIDEAN -> maxNorm;
        };
    double rounding = rowNorm * codeRest + rowRest * (largest + codeRest);
    double tiny = TINY * (4.0 * width + 8 + (rowNorm + largest + 1) * Math.sqrt(width));
    double sums = 2 * (width + 2) * E * rowNorm * (largest + codeRest);
    return switch (similarity) {
      case INNER_PRODUCT -> 1.01 * (rounding + sums + rowNorm * (2 * width + 8) * 0x1p-53) + tiny;
      case EUCLIDEAN ->
          1.01
                  * (rounding
                      + sums
                      + 2 * (width + 2) * E * maxNorm * maxNorm / 2
                      + (width + 4) * 0x1p-53 * (rowNorm + maxNorm) * (rowNorm + maxNorm))
              + tiny;
    };
  }
}
