package dev.steerage.trainer.data;

import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.data.Randomness.Purpose;
import dev.steerage.trainer.model.Batch;
import java.util.SplittableRandom;

/// Tokens of documents, cut into windows. Each epoch begins at another token and takes the windows
/// in another order; every position has a target.
public final class TextCorpus implements TokenSource {
  private final int[] train;
  private final int[] valid;
  private final int vocabulary;
  private final long seed;
  private int[] order = new int[0];
  private long orderOfEpoch = -1;
  private int orderLength;

  TextCorpus(int[] train, int[] valid, int vocabulary, long seed) {
    this.train = train;
    this.valid = valid;
    this.vocabulary = vocabulary;
    this.seed = seed;
  }

  @Override
  public int vocabulary() {
    return vocabulary;
  }

  public long trainTokens() {
    return train.length;
  }

  public long validTokens() {
    return valid.length;
  }

  /// Windows of an epoch; one less than fit, so that an epoch can begin later.
  private int windows(int length) {
    int windows = (train.length - 1) / length - 1;
    if (windows < 1) {
      throw new TrainerException(
          "data: training tokens=" + train.length + ", limit=" + (2 * length + 1) + "..");
    }
    return windows;
  }

  @Override
  public Batch train(long first, int count, int length) {
    int[] tokens = new int[count * length];
    int[] targets = new int[count * length];
    int windows = windows(length);
    for (int s = 0; s < count; s++) {
      long number = first + s;
      long epoch = number / windows;
      shuffle(epoch, windows, length);
      int shift = Randomness.of(seed, Purpose.TRAIN, epoch).nextInt(length);
      int from = shift + order[(int) (number % windows)] * length;
      System.arraycopy(train, from, tokens, s * length, length);
      System.arraycopy(train, from + 1, targets, s * length, length);
    }
    return new Batch(count, length, tokens, targets);
  }

  private void shuffle(long epoch, int windows, int length) {
    if (orderOfEpoch == epoch && orderLength == length) {
      return;
    }
    order = new int[windows];
    for (int i = 0; i < windows; i++) {
      order[i] = i;
    }
    SplittableRandom random = Randomness.of(seed, Purpose.SHUFFLE, epoch);
    for (int i = windows - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    orderOfEpoch = epoch;
    orderLength = length;
  }

  @Override
  public Batch valid(long first, int count, int length) {
    int[] tokens = new int[count * length];
    int[] targets = new int[count * length];
    // Spread over the whole text, so that a few windows show more than its beginning.
    long all = validSequences(length);
    for (int s = 0; s < count; s++) {
      long window = (first + s) * 2654435761L % all;
      int from = Math.toIntExact(window * length);
      System.arraycopy(valid, from, tokens, s * length, length);
      System.arraycopy(valid, from + 1, targets, s * length, length);
    }
    return new Batch(count, length, tokens, targets);
  }

  @Override
  public long validSequences(int length) {
    long windows = (valid.length - 1) / length;
    if (windows < 1) {
      throw new TrainerException(
          "data: validation tokens=" + valid.length + ", limit=" + (length + 1) + "..");
    }
    return windows;
  }
}
