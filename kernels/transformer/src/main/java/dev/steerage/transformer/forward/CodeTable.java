package dev.steerage.transformer.forward;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.intervention.SiteSteering;
import java.util.List;

/// The ids that a forward chose: natural and effective, per row and site. Every row has the same
/// fixed space, so nothing is allocated while running.
final class CodeTable {
  private final int sites;
  private final int[] activeCodes;
  private final int[] naturalAt;
  private final int[] effectiveAt;
  private final int naturalStride;
  private final int effectiveStride;
  final int[] natural;
  final int[] effective;

  /// Slots of the effective codes; 0 = nothing steered, the natural ones hold.
  private final int[] effectiveSlots;

  CodeTable(List<CodebookSite> sites, int rows) {
    this.sites = sites.size();
    activeCodes = new int[this.sites];
    naturalAt = new int[this.sites];
    effectiveAt = new int[this.sites];
    int naturalSize = 0;
    int effectiveSize = 0;
    for (CodebookSite site : sites) {
      activeCodes[site.index()] = site.activeCodes();
      naturalAt[site.index()] = naturalSize;
      effectiveAt[site.index()] = effectiveSize;
      naturalSize += site.activeCodes();
      effectiveSize += site.activeCodes() + SiteSteering.MAX_APPENDS;
    }
    naturalStride = naturalSize;
    effectiveStride = effectiveSize;
    natural = new int[Math.multiplyExact(rows, naturalStride)];
    effective = new int[Math.multiplyExact(rows, effectiveStride)];
    effectiveSlots = new int[Math.multiplyExact(rows, this.sites)];
  }

  int sites() {
    return sites;
  }

  /// Natural ids of one row.
  int naturalSize() {
    return naturalStride;
  }

  /// Room for the effective ids of one row.
  int effectiveSize() {
    return effectiveStride;
  }

  int activeCodes(int site) {
    return activeCodes[site];
  }

  int naturalAt(int row, int site) {
    return row * naturalStride + naturalAt[site];
  }

  int effectiveAt(int row, int site) {
    return row * effectiveStride + effectiveAt[site];
  }

  int effectiveSlots(int row, int site) {
    return effectiveSlots[row * sites + site];
  }

  void effectiveSlots(int row, int site, int slots) {
    effectiveSlots[row * sites + site] = slots;
  }
}
