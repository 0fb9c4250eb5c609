package dev.steerage.transformer.forward;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.intervention.SiteSteering;
import java.util.List;

/// Where the ids of a row lie: k natural ones of every site, and k and room for appends of
/// effective ones, one site after the other.
public final class CodeLayout {
  private final int[] activeCodes;
  private final int[] naturalAt;
  private final int[] effectiveAt;
  private final int naturalSize;
  private final int effectiveSize;

  public CodeLayout(List<CodebookSite> sites) {
    activeCodes = new int[sites.size()];
    naturalAt = new int[sites.size()];
    effectiveAt = new int[sites.size()];
    int natural = 0;
    int effective = 0;
    for (CodebookSite site : sites) {
      activeCodes[site.index()] = site.activeCodes();
      naturalAt[site.index()] = natural;
      effectiveAt[site.index()] = effective;
      natural += site.activeCodes();
      effective += site.activeCodes() + SiteSteering.MAX_APPENDS;
    }
    naturalSize = natural;
    effectiveSize = effective;
  }

  public int sites() {
    return activeCodes.length;
  }

  public int activeCodes(int site) {
    return activeCodes[site];
  }

  /// Natural ids of one row.
  public int naturalSize() {
    return naturalSize;
  }

  /// Room for the effective ids of one row.
  public int effectiveSize() {
    return effectiveSize;
  }

  /// Where a site begins among the natural ids of a row.
  public int naturalAt(int site) {
    return naturalAt[site];
  }

  /// Where a site begins among the effective ids of a row.
  public int effectiveAt(int site) {
    return effectiveAt[site];
  }
}
