package dev.steerage.transformer.forward;

import dev.steerage.transformer.CodebookSite;
import java.util.List;

/// The ids that a forward chose: natural and effective, per row and site. Every row has the same
/// fixed space, so nothing is allocated while running.
final class CodeTable {
  private final CodeLayout layout;
  final int[] natural;
  final int[] effective;

  /// Slots of the effective codes; 0 = nothing steered, the natural ones hold.
  private final int[] effectiveSlots;

  CodeTable(List<CodebookSite> sites, int rows) {
    layout = new CodeLayout(sites);
    natural = new int[Math.multiplyExact(rows, layout.naturalSize())];
    effective = new int[Math.multiplyExact(rows, layout.effectiveSize())];
    effectiveSlots = new int[Math.multiplyExact(rows, layout.sites())];
  }

  int sites() {
    return layout.sites();
  }

  int naturalSize() {
    return layout.naturalSize();
  }

  int effectiveSize() {
    return layout.effectiveSize();
  }

  int activeCodes(int site) {
    return layout.activeCodes(site);
  }

  int naturalAt(int row, int site) {
    return row * layout.naturalSize() + layout.naturalAt(site);
  }

  int effectiveAt(int row, int site) {
    return row * layout.effectiveSize() + layout.effectiveAt(site);
  }

  int effectiveSlots(int row, int site) {
    return effectiveSlots[row * layout.sites() + site];
  }

  void effectiveSlots(int row, int site, int slots) {
    effectiveSlots[row * layout.sites() + site] = slots;
  }
}
