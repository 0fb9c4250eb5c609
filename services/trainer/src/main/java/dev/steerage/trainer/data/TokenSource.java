package dev.steerage.trainer.data;

import dev.steerage.trainer.model.Batch;

/// Where sequences come from. Sequence i is the same whenever it is asked for: the position of a
/// run in its data is one number.
public interface TokenSource {
  /// Token ids are below this.
  int vocabulary();

  /// The training sequences `[first, first + count)`.
  Batch train(long first, int count, int length);

  /// The validation sequences `[first, first + count)`.
  Batch valid(long first, int count, int length);

  /// Validation sequences that there are.
  long validSequences(int length);
}
