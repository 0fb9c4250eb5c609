package dev.steerage.index.codec;

/// Differences of ascending positions as a symbol and some raw bits.
///
/// Small ones are symbols by themselves. Of larger ones the symbol says the magnitude and the three
/// bits after the leading one; within that, all are about equally likely.
final class Gaps {
  /// Positions of one posting list are below this.
  static final int MAX_POSITIONS = 1 << 24;

  static final int SYMBOLS = 16 + 20 * 8;
  static final int MODEL_BITS = 12;

  /// Classes of lists: four per octave of density.
  static final int CLASSES = 100;

  private static final int EXACT = 16;

  private Gaps() {}

  /// @param gap at least 1
  static int symbol(int gap) {
    int value = gap - 1;
    if (value < EXACT) {
      return value;
    }
    int magnitude = 31 - Integer.numberOfLeadingZeros(value);
    return EXACT + (magnitude - 4) * 8 + (value >>> magnitude - 3 & 7);
  }

  /// Raw bits after a symbol.
  static int rawBits(int symbol) {
    return symbol < EXACT ? 0 : (symbol - EXACT >>> 3) + 1;
  }

  static int raw(int gap, int rawBits) {
    return gap - 1 & (1 << rawBits) - 1;
  }

  static int gap(int symbol, int raw) {
    if (symbol < EXACT) {
      return symbol + 1;
    }
    int magnitude = (symbol - EXACT >>> 3) + 4;
    int leading = 8 | symbol - EXACT & 7;
    return (leading << magnitude - 3 | raw) + 1;
  }

  /// The class of a list by its density.
  static int classOf(int count, int positions) {
    double octaves = Math.log((double) positions / count) / Math.log(2);
    return Math.clamp(Math.round(4 * octaves), 0, CLASSES - 1);
  }
}
