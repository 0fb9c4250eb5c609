package dev.steerage.domain.statistics;

import java.util.Arrays;

/// Arithmetic on counts per code: index = code id, value = activations.
///
/// Every result depends only on the counts, never on the order in which they came in, so that a
/// recount gives the same bits.
public final class CodeDistribution {
  /// Codes with small counts are gathered by count first: one logarithm for each count that occurs
  /// and not one for each code.
  private static final int GATHERED = 64;

  private CodeDistribution() {}

  /// The sum of all counts.
  public static long total(int[] counts) {
    long total = 0;
    for (int count : counts) {
      total += count;
    }
    return total;
  }

  /// Codes with at least one activation.
  public static int distinct(int[] counts) {
    int distinct = 0;
    for (int count : counts) {
      distinct += count > 0 ? 1 : 0;
    }
    return distinct;
  }

  /// Share of codes without an activation; 0 for a codebook without codes.
  public static double deadShare(int[] counts) {
    return counts.length == 0 ? 0 : (double) (counts.length - distinct(counts)) / counts.length;
  }

  /// Shannon entropy in nats, 0 .. ln(codes); 0 without activations.
  public static double entropyNats(int[] counts) {
    long total = 0;
    double sum = 0;
    int[] codesWith = new int[GATHERED];
    for (int count : counts) {
      total += count;
      if (count < GATHERED) {
        codesWith[count]++;
      } else {
        sum += count * Math.log(count);
      }
    }
    if (total == 0) {
      return 0;
    }
    for (int count = 2; count < GATHERED; count++) {
      sum += codesWith[count] * (count * Math.log(count));
    }
    return Math.max(0, Math.log(total) - sum / total);
  }

  /// Jensen-Shannon divergence in nats, 0 .. ln 2; 0 if one side has no activations.
  ///
  /// @throws IllegalArgumentException if the codebooks differ in size
  public static double jensenShannonNats(int[] counts, int[] others) {
    if (counts.length != others.length) {
      throw new IllegalArgumentException("codes: " + counts.length + ", expected " + others.length);
    }
    double total = total(counts);
    double otherTotal = total(others);
    if (total == 0 || otherTotal == 0) {
      return 0;
    }
    double sum = 0;
    int[] codesWith = new int[GATHERED * GATHERED];
    for (int code = 0; code < counts.length; code++) {
      int count = counts[code];
      int other = others[code];
      if (count < GATHERED && other < GATHERED) {
        codesWith[count * GATHERED + other]++;
      } else {
        sum += divergence(count / total, other / otherTotal);
      }
    }
    for (int pair = 1; pair < codesWith.length; pair++) {
      if (codesWith[pair] != 0) {
        int count = pair / GATHERED;
        int other = pair % GATHERED;
        sum += codesWith[pair] * divergence(count / total, other / otherTotal);
      }
    }
    return Math.clamp(sum / 2, 0, Math.log(2));
  }

  /// p ln(p/m) + q ln(q/m) with m the mean of both.
  private static double divergence(double p, double q) {
    double mean = (p + q) / 2;
    double left = p == 0 ? 0 : p * Math.log(p / mean);
    double right = q == 0 ? 0 : q * Math.log(q / mean);
    return left + right;
  }

  /// The most active codes, most first, lowest id first among equals; codes without an activation
  /// are left out.
  public static int[] top(int[] counts, int limit) {
    int[] top = new int[Math.min(limit, counts.length)];
    int size = 0;
    for (int code = 0; code < counts.length; code++) {
      int count = counts[code];
      if (count == 0 || size == top.length && (size == 0 || count <= counts[top[size - 1]])) {
        continue;
      }
      int at = size < top.length ? size++ : size - 1;
      while (at > 0 && counts[top[at - 1]] < count) {
        top[at] = top[at - 1];
        at--;
      }
      top[at] = code;
    }
    return Arrays.copyOf(top, size);
  }
}
