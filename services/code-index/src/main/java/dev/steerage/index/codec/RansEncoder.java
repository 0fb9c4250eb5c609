package dev.steerage.index.codec;

import java.util.Arrays;

/// Writes symbols of any models into 16-bit words that readers decode: range asymmetric numeral
/// systems with four interleaved states, so that a decoder has four independent chains.
///
/// It codes backwards: the last symbol first. Not thread-safe.
final class RansEncoder {
  static final int STATES = 4;
  private static final long LOW = 1L << 16;

  private final long[] states = new long[STATES];
  private char[] words = new char[4096];
  private int first;

  /// Forgets everything.
  void reset() {
    Arrays.fill(states, LOW);
    first = words.length;
  }

  /// Adds a symbol in front of those added so far.
  ///
  /// @param state which of the four states; the decoder uses the same
  void push(SymbolModel model, int symbol, int state) {
    int share = model.share[symbol];
    if (share > 0) {
      push(share, model.start[symbol], model.bits, state);
      return;
    }
    int index = model.rareIndex[symbol];
    if (index < 0) {
      throw new IllegalArgumentException("symbol=" + symbol + " is not in the model");
    }
    int rareShare = model.rareShare();
    push(rareShare, index * rareShare, model.bits, state);
    push(model.escapeShare, model.escapeStart, model.bits, state);
  }

  /// Adds raw bits.
  ///
  /// @param count at most 16
  void pushBits(int value, int count, int state) {
    if (count > 0) {
      push(1, value, count, state);
    }
  }

  private void push(int share, int start, int bits, int state) {
    long x = states[state];
    if (x >= (long) share << 32 - bits) {
      word((int) (x & 0xFFFF));
      x >>>= 16;
    }
    states[state] = (x / share << bits) + x % share + start;
  }

  private void word(int value) {
    if (first == 0) {
      char[] larger = new char[words.length * 2];
      System.arraycopy(words, 0, larger, words.length, words.length);
      first = words.length;
      words = larger;
    }
    words[--first] = (char) value;
  }

  /// Appends the finished block: four states of two words each, then the words.
  void finish(Output to) {
    for (int state = STATES - 1; state >= 0; state--) {
      word((int) (states[state] >>> 16));
      word((int) (states[state] & 0xFFFF));
    }
    for (int i = first; i < words.length; i++) {
      to.u16(words[i]);
    }
  }
}
