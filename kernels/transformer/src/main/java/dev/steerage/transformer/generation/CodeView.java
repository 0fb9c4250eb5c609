package dev.steerage.transformer.generation;

/// Read-only view of the codes of one position. Valid only during the call it is passed to.
public interface CodeView {
  int sites();

  /// k, or k + appends for effective codes.
  int slots(int site);

  /// Code in the slot, slot 0 the most similar; -1 = blocked.
  int code(int site, int slot);
}
