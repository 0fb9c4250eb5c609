package dev.steerage.transformer.cuda;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.steerage.ops.cuda.CudaStream;
import java.lang.foreign.MemorySegment;

/// What comes back of the logits of a step. Of every row: the likeliest token, its logit and the
/// sum that its probability is made from. All logits only of the rows that want them: at a
/// vocabulary of 50,000 they are a hundred times more than all ids of a row.
final class StepLogits {
  private final StepMemory memory;
  private final MemorySegment summary;
  private final int vocabulary;
  private final int capacity;
  private final int[] logitsRow;
  private final boolean[] isBestOnly;
  private int count;

  StepLogits(StepMemory memory, int vocabulary, int rows, int capacity) {
    this.memory = memory;
    this.vocabulary = vocabulary;
    this.capacity = capacity;
    summary = memory.summaryToHost.segment();
    logitsRow = new int[rows];
    isBestOnly = new boolean[capacity];
  }

  static long bytes(int capacity) {
    return (long) capacity * (Double.BYTES + Float.BYTES + Integer.BYTES);
  }

  // Sums come first, as the widest.

  static long largestAt(int capacity) {
    return (long) capacity * Double.BYTES;
  }

  static long bestAt(int capacity) {
    return (long) capacity * (Double.BYTES + Float.BYTES);
  }

  void clear() {
    count = 0;
  }

  int count() {
    return count;
  }

  int room() {
    return capacity - count;
  }

  /// @return the logits row, or -1
  int add(int row, boolean isWanted) {
    logitsRow[row] = isWanted ? count : -1;
    if (isWanted) {
      isBestOnly[count++] = false;
    }
    return logitsRow[row];
  }

  void bestOnly(int row) {
    isBestOnly[logitsRow[row]] = true;
  }

  long at(int row) {
    return (long) logitsRow[row] * vocabulary;
  }

  /// Asks for the logits of the rows that want them, neighbours together.
  void ask(CudaStream stream) {
    int from = 0;
    while (from < count) {
      int limit = from;
      while (limit < count && !isBestOnly[limit]) {
        limit++;
      }
      copy(stream, from, limit);
      from = limit + 1;
    }
  }

  /// Once the step is over: what was not a number, and no token could be told of, is read after
  /// all.
  void settle(CudaStream stream) {
    boolean isAsked = false;
    for (int i = 0; i < count; i++) {
      if (isBestOnly[i] && !isKnown(i)) {
        isBestOnly[i] = false;
        copy(stream, i, i + 1);
        isAsked = true;
      }
    }
    if (isAsked) {
      stream.await();
    }
  }

  private void copy(CudaStream stream, int from, int limit) {
    if (from < limit) {
      long at = (long) from * vocabulary * Float.BYTES;
      long bytes = (long) (limit - from) * vocabulary * Float.BYTES;
      stream.toHost(memory.logitsToHost, at, memory.logits + at, bytes);
    }
  }

  private boolean isKnown(int i) {
    int best = summary.get(JAVA_INT, bestAt(capacity) + (long) i * Integer.BYTES);
    return best >= 0 && best < vocabulary && !Double.isNaN(logprob(i));
  }

  /// The likeliest token of a row, or -1 where its logits were asked for.
  int best(int row) {
    int i = logitsRow[row];
    return isBestOnly[i] ? summary.get(JAVA_INT, bestAt(capacity) + (long) i * Integer.BYTES) : -1;
  }

  float bestLogprob(int row) {
    return (float) logprob(logitsRow[row]);
  }

  /// The same operations as on the processor: the logit less the log of the sum of all.
  private double logprob(int i) {
    float logit = summary.get(JAVA_FLOAT, largestAt(capacity) + (long) i * Float.BYTES);
    double sum = summary.get(JAVA_DOUBLE, (long) i * Double.BYTES);
    return logit - (logit + StrictMath.log(sum));
  }
}
