package dev.steerage.domain.steering;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.RuleLimits;
import java.util.Arrays;

/// The natural codes of the last [RuleLimits#WITHIN] positions of one request. Its size does not
/// depend on the rules, so that a rule which arrives later sees what a replay would see. Belongs to
/// one thread; nothing is allocated after it was made.
public final class FiredHistory {
  private static final int DEPTH = RuleLimits.WITHIN;

  private final int[] offsets;
  private final int perPosition;
  private final int[] codes;
  private final int[] positions = new int[DEPTH];
  private int row;

  /// An empty history for a request of this model.
  public FiredHistory(ModelShape model) {
    offsets = new int[model.sites().size() + 1];
    for (int site = 0; site < model.sites().size(); site++) {
      offsets[site + 1] = offsets[site] + model.sites().get(site).activeCodes();
    }
    perPosition = offsets[model.sites().size()];
    codes = new int[DEPTH * perPosition];
    Arrays.fill(positions, -1);
  }

  /// Starts a position; its codes follow with [#put]. What was known of it before is dropped.
  ///
  /// @return where its codes begin in [#codes]
  public int start(int position) {
    int index = position % DEPTH;
    positions[index] = position;
    row = index * perPosition;
    Arrays.fill(codes, row, row + perPosition, -1);
    return row;
  }

  /// Where a position's codes go, from index [#start]: all sites in order, k each. The caller fills
  /// it at once.
  public int[] codes() {
    return codes;
  }

  /// A natural code of the position that was started last.
  public void put(int siteIndex, int slot, int code) {
    codes[row + offsets[siteIndex] + slot] = code;
  }

  /// Whether the codes of a position are still here.
  boolean knows(int position) {
    return position >= 0 && positions[position % DEPTH] == position;
  }

  /// Where the codes of a position that is known begin in [#codes].
  int rowOf(int position) {
    return position % DEPTH * perPosition;
  }

  /// Where the codes of a site begin, from the beginning of its position; -1 is no code.
  int offset(int siteIndex) {
    return offsets[siteIndex];
  }
}
