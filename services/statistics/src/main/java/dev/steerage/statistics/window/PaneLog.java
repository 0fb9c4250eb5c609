package dev.steerage.statistics.window;

/// The changelog keys of one block at one place of the ring, and what the pane there has cost.
///
/// A pane is logged as differences. Once they are longer than the whole, the whole is written and
/// the differences start again under the same keys, so a pane never holds more than about twice its
/// size and nothing is ever written more than twice.
final class PaneLog {
  private static final long WHOLE_AFTER_BYTES = 32 * 1024;

  long paneMs = Long.MIN_VALUE;
  private long wholeBytes;
  private long differenceBytes;
  private int nextDifference;

  /// Keys that hold a record, of this pane or of one before it in the ring.
  private int wholeKeys;

  private int differenceKeys;

  void begin(long pane) {
    if (paneMs != pane) {
      paneMs = pane;
      wholeBytes = 0;
      differenceBytes = 0;
      nextDifference = 0;
    }
  }

  boolean isWholeDue() {
    return differenceBytes > Math.max(wholeBytes, WHOLE_AFTER_BYTES)
        || nextDifference > ChangeKey.SEQUENCE_MAX;
  }

  int nextDifference() {
    return nextDifference;
  }

  void difference(int sequence, int bytes) {
    differenceBytes += bytes;
    nextDifference = Math.max(nextDifference, sequence + 1);
    differenceKeys = Math.max(differenceKeys, sequence + 1);
  }

  void whole(int chunk, int bytes) {
    if (chunk == 0) {
      wholeBytes = 0;
      differenceBytes = 0;
      nextDifference = 0;
    }
    wholeBytes += bytes;
    wholeKeys = Math.max(wholeKeys, chunk + 1);
  }

  int wholeKeys() {
    return wholeKeys;
  }

  int differenceKeys() {
    return differenceKeys;
  }
}
