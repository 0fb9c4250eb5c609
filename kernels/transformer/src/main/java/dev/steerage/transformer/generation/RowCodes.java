package dev.steerage.transformer.generation;

import dev.steerage.transformer.forward.Forward;

/// The codes of one row of the last forward; one object serves all rows in turn.
final class RowCodes implements CodeView {
  private final Forward forward;
  private final boolean effective;
  private int row;

  RowCodes(Forward forward, boolean effective) {
    this.forward = forward;
    this.effective = effective;
  }

  RowCodes at(int newRow) {
    row = newRow;
    return this;
  }

  @Override
  public int sites() {
    return forward.sites();
  }

  @Override
  public int slots(int site) {
    return effective ? forward.effectiveSlots(row, site) : forward.naturalSlots(site);
  }

  @Override
  public void copyTo(int[] to, int at) {
    if (effective) {
      CodeView.super.copyTo(to, at);
    } else {
      forward.copyNatural(row, to, at);
    }
  }

  @Override
  public int code(int site, int slot) {
    return effective ? forward.effective(row, site, slot) : forward.natural(row, site, slot);
  }
}
