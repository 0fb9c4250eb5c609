package dev.steerage.ops;

/// The one order in which kernels add up a row.
///
/// Element `i` goes to partial sum `i mod 16`, in index order; the sixteen partial sums are then
/// folded in halves: 16 to 8, 4, 2, 1. Sixteen is a multiple of every lane width in use, so that a
/// loop over lanes of 4, 8 or 16 and a plain loop give the same bits.
public final class Stripes {
  public static final int COUNT = 16;

  private Stripes() {}

  /// Folds the partial sums; destroys `partial`.
  public static float fold(float[] partial) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        partial[i] += partial[i + half];
      }
    }
    return partial[0];
  }
}
