package dev.steerage.transformer.generation;

import dev.steerage.transformer.forward.Forward;

/// The codes of cached positions, so that who uses a page again hears of them as if it had been
/// forwarded. Natural ids have a fixed place for every page; effective ones get theirs when a page
/// is steered for the first time.
final class PageCodes {
  private final Forward forward;
  private final int page;
  private final int[][] natural;
  private final int[][] effective;
  private final int[][] slots;
  private final boolean[] steered;

  PageCodes(Forward forward, int pages, int page) {
    this.forward = forward;
    this.page = page;
    natural = new int[pages][page * forward.naturalSize()];
    effective = new int[pages][];
    slots = new int[pages][];
    steered = new boolean[pages * page];
  }

  /// Keeps the codes of a row of the last forward.
  void keep(int at, int slot, int row, boolean isSteered) {
    forward.copyNatural(row, natural[at], slot * forward.naturalSize());
    steered[at * page + slot] = isSteered;
    if (isSteered) {
      if (effective[at] == null) {
        effective[at] = new int[page * forward.effectiveSize()];
        slots[at] = new int[page * forward.sites()];
      }
      forward.copyEffective(
          row, effective[at], slot * forward.effectiveSize(), slots[at], slot * forward.sites());
    }
  }

  /// The codes of one cached position; one object serves all in turn.
  final class View implements CodeView {
    private final boolean isEffective;
    private int at;
    private int slot;

    View(boolean isEffective) {
      this.isEffective = isEffective;
    }

    View at(int newPage, int newSlot) {
      at = newPage;
      slot = newSlot;
      return this;
    }

    @Override
    public int sites() {
      return forward.sites();
    }

    @Override
    public int slots(int site) {
      int changed = changed(site);
      return changed == 0 ? forward.naturalSlots(site) : changed;
    }

    @Override
    public int code(int site, int index) {
      return changed(site) == 0
          ? natural[at][slot * forward.naturalSize() + forward.naturalStart(site) + index]
          : effective[at][slot * forward.effectiveSize() + forward.effectiveStart(site) + index];
    }

    @Override
    public void copyTo(int[] to, int to0) {
      if (isEffective && steered[at * page + slot]) {
        CodeView.super.copyTo(to, to0);
      } else {
        int size = forward.naturalSize();
        System.arraycopy(natural[at], slot * size, to, to0, size);
      }
    }

    /// Slots of a site whose codes were changed; 0 = the natural ones hold.
    private int changed(int site) {
      return isEffective && steered[at * page + slot]
          ? slots[at][slot * forward.sites() + site]
          : 0;
    }
  }
}
