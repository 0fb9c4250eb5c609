package dev.steerage.transformer.forward;

import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;

/// Runs rows through a model, on the processor or on a device. Owns the cache of keys and values
/// and all scratch memory; one thread at a time. Fill it with [#add], then [#run], then read codes
/// and logits until [#clear].
///
/// A row's results do not depend on the other rows of the same forward.
public interface Forward extends AutoCloseable {
  /// Most rows of one forward.
  int capacity();

  /// Rows that may still want logits.
  int logitsRoom();

  int rows();

  void clear();

  /// Adds a row; rows of one sequence have to come in position order.
  ///
  /// @param pagesFrom where the page numbers of the sequence begin in the page table
  /// @return the row
  int add(int token, int position, int pagesFrom, Steering steering, boolean wantsLogits);

  /// Of a row that wants logits: only the likeliest token and its probability will be asked for, so
  /// a device need not bring the others.
  default void wantsBestOnly(int row) {}

  void run();

  /// The logits of all rows that wanted them, `[logits row, vocabulary]`.
  MemorySegment logits();

  /// Element of [#logits] where a row's logits begin.
  long logitsAt(int row);

  /// The lowest id of the largest logits of a row, or -1: read the logits.
  default int best(int row) {
    return -1;
  }

  /// Natural logarithm of the probability of [#best].
  default float bestLogprob(int row) {
    throw new IllegalStateException("row: value=" + row + " has logits only");
  }

  int sites();

  int naturalSlots(int site);

  int natural(int row, int site, int slot);

  int effectiveSlots(int row, int site);

  int effective(int row, int site, int slot);

  /// The interventions that a row was added with.
  Steering steering(int row);

  /// Ids that [#copyNatural] copies: k of every site.
  int naturalSize();

  /// Where a site's ids begin in what [#copyNatural] copies.
  int naturalStart(int site);

  /// Copies the natural ids of a row.
  void copyNatural(int row, int[] to, int at);

  /// Ids that [#copyEffective] copies: k and room for appends of every site.
  int effectiveSize();

  /// Where a site's ids begin in what [#copyEffective] copies.
  int effectiveStart(int site);

  /// Copies the effective ids of a row, and how many there are at each site; 0 = the natural ones
  /// hold there.
  void copyEffective(int row, int[] to, int at, int[] slots, int slotsAt);

  @Override
  void close();
}
