package dev.steerage.transformer.generation;

/// Read-only view of the codes of one position. Valid only during the call it is passed to.
public interface CodeView {
  int sites();

  /// k, or k + appends for effective codes.
  int slots(int site);

  /// Code in the slot, slot 0 the most similar; -1 = blocked.
  int code(int site, int slot);

  /// Copies the codes of all sites, one site's slots after the other's.
  default void copyTo(int[] to, int at) {
    int next = at;
    for (int site = 0; site < sites(); site++) {
      int slots = slots(site);
      for (int slot = 0; slot < slots; slot++) {
        to[next++] = code(site, slot);
      }
    }
  }
}
