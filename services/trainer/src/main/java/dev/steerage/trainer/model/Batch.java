package dev.steerage.trainer.model;

/// Sequences of one length, and what is to follow each token.
///
/// @param tokens `[sequences, length]`
/// @param targets `[sequences, length]`; -1 = nothing is learned here
public record Batch(int sequences, int length, int[] tokens, int[] targets) {
  public Batch {
    if (tokens.length != sequences * length || targets.length != sequences * length) {
      throw new IllegalArgumentException(
          "batch: tokens=" + tokens.length + ", limit=" + sequences * length);
    }
  }

  /// Sequences whose tokens are their own targets, shifted by one; the last position has none.
  public static Batch shifted(int sequences, int length, int[] tokens) {
    int[] targets = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      targets[i] = i % length == length - 1 ? -1 : tokens[i + 1];
    }
    return new Batch(sequences, length, tokens, targets);
  }

  void tokens(int first, int count, int[] to) {
    System.arraycopy(tokens, first * length, to, 0, count * length);
  }

  int target(int sequence, int position) {
    return targets[sequence * length + position];
  }

  /// Positions that are learned from.
  public long targetCount() {
    long count = 0;
    for (int target : targets) {
      count += target >= 0 ? 1 : 0;
    }
    return count;
  }
}
