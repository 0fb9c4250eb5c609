package dev.steerage.index.codec;

import java.util.Arrays;

/// How often each symbol occurs, as an entropy coder needs it: shares of 2^bits, which add up to it
/// exactly.
///
/// Symbols that are much rarer than one share would take space from the others, so they go
/// together: one escape symbol, then which of them it was, all equally likely.
final class SymbolModel {
  static final int MAX_BITS = 16;

  private static final int NONE = -1;

  final int bits;

  /// Share of each symbol; 0: rare or absent.
  final int[] share;

  /// First slot of each symbol.
  final int[] start;

  /// Which of the rare symbols it is, or -1.
  final int[] rareIndex;

  final int[] rare;

  /// Symbol of each of the 2^bits slots; the number of symbols stands for the escape.
  final char[] symbolAt;

  /// Share and start of each symbol and of the escape, for decoding: `share << 16 | start`, share
  /// less one so that 2^16 fits.
  final int[] packed;

  final int escapeShare;
  final int escapeStart;

  /// @param share of each symbol, 0 for rare and absent ones
  /// @param rare symbols behind the escape, ascending
  private SymbolModel(int bits, int[] share, int[] rare) {
    this.bits = bits;
    this.share = share;
    this.rare = rare;
    int total = 1 << bits;
    start = new int[share.length];
    symbolAt = new char[total];
    packed = new int[share.length + 1];
    int at = 0;
    for (int symbol = 0; symbol < share.length; symbol++) {
      start[symbol] = at;
      if (share[symbol] > 0) {
        Arrays.fill(symbolAt, at, at + share[symbol], (char) symbol);
        packed[symbol] = share[symbol] - 1 << 16 | at;
        at += share[symbol];
      }
    }
    escapeStart = at;
    escapeShare = total - at;
    if (escapeShare > 0) {
      Arrays.fill(symbolAt, at, total, (char) share.length);
      packed[share.length] = escapeShare - 1 << 16 | at;
    }
    rareIndex = new int[share.length];
    Arrays.fill(rareIndex, NONE);
    for (int i = 0; i < rare.length; i++) {
      rareIndex[rare[i]] = i;
    }
  }

  /// The model of these counts; symbols that do not occur cannot be coded.
  static SymbolModel of(int[] counts, int bits) {
    if (bits > MAX_BITS || counts.length >= Character.MAX_VALUE) {
      throw new IllegalArgumentException("bits=" + bits + ", symbols=" + counts.length);
    }
    int total = 1 << bits;
    long sum = 0;
    for (int count : counts) {
      sum += count;
    }
    // Rarer than about 0.7 of one share: cheaper behind the escape.
    long few = sum * 7 / (10L * total);
    long rareSum = 0;
    int rareCount = 0;
    for (int count : counts) {
      if (count > 0 && count <= few) {
        rareSum += count;
        rareCount++;
      }
    }
    int[] rare = new int[rareCount];
    int[] share = new int[counts.length];
    int next = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      if (counts[symbol] > 0 && counts[symbol] <= few) {
        rare[next++] = symbol;
      } else if (counts[symbol] > 0) {
        share[symbol] = (int) Math.max(1, Math.round((double) counts[symbol] * total / sum));
      }
    }
    int escape = rareCount == 0 ? 0 : (int) Math.max(1, Math.round((double) rareSum * total / sum));
    balance(share, counts, total - escape);
    return new SymbolModel(bits, share, rare);
  }

  /// The model that [#share] and [#rare] of another one describe.
  static SymbolModel restore(int bits, int[] share, int[] rare) {
    long sum = 0;
    for (int each : share) {
      sum += each;
    }
    if (sum > 1 << bits || (rare.length == 0 && sum != 1 << bits && sum != 0)) {
      throw new IllegalArgumentException("shares=" + sum + ", limit=" + (1 << bits));
    }
    return new SymbolModel(bits, share, rare);
  }

  /// Makes the shares add up: takes from, or gives to, where it costs least per occurrence.
  private static void balance(int[] share, int[] counts, int wanted) {
    int sum = 0;
    for (int each : share) {
      sum += each;
    }
    while (sum != wanted && sum > 0) {
      int step = sum > wanted ? -1 : 1;
      int best = NONE;
      double bestCost = Double.POSITIVE_INFINITY;
      for (int symbol = 0; symbol < share.length; symbol++) {
        if (share[symbol] > (step < 0 ? 1 : 0)) {
          double cost = counts[symbol] * Math.log((double) share[symbol] / (share[symbol] + step));
          if (cost < bestCost) {
            bestCost = cost;
            best = symbol;
          }
        }
      }
      int amount = Math.max(1, Math.abs(sum - wanted) / 64);
      amount = step < 0 ? Math.min(amount, share[best] - 1) : amount;
      share[best] += step * amount;
      sum += step * amount;
    }
  }

  /// How many slots each rare symbol has after the escape.
  int rareShare() {
    return rare.length == 0 ? 0 : (1 << bits) / rare.length;
  }

  int symbols() {
    return share.length;
  }
}
