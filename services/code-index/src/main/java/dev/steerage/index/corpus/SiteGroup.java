package dev.steerage.index.corpus;

import dev.steerage.domain.model.SiteShape;
import java.util.ArrayList;
import java.util.List;

/// Neighbouring sites whose codes are coded together, so that one block gives all of them.
///
/// @param firstSite index of its first site
/// @param firstId place of its first code among those of a position
/// @param slots of each of its sites
/// @param codes of each of its sites
public record SiteGroup(int number, int firstSite, int firstId, int[] slots, int[] codes) {
  /// Codes of one position.
  public int ids() {
    int sum = 0;
    for (int each : slots) {
      sum += each;
    }
    return sum;
  }

  static List<SiteGroup> of(List<SiteShape> sites, int mostIds) {
    List<SiteGroup> groups = new ArrayList<>();
    int first = 0;
    int firstId = 0;
    while (first < sites.size()) {
      int end = first;
      int ids = 0;
      while (end < sites.size()
          && (end == first || ids + sites.get(end).activeCodes() <= mostIds)) {
        ids += sites.get(end++).activeCodes();
      }
      List<SiteShape> part = sites.subList(first, end);
      groups.add(
          new SiteGroup(
              groups.size(),
              first,
              firstId,
              part.stream().mapToInt(SiteShape::activeCodes).toArray(),
              part.stream().mapToInt(SiteShape::codes).toArray()));
      first = end;
      firstId += ids;
    }
    return groups;
  }
}
