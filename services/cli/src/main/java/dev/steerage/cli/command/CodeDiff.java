package dev.steerage.cli.command;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.PositionCodes.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where two runs fired different codes.
///
/// @param compared positions that both have
/// @param sameTokens positions of those with the same token
/// @param sites every site of the first run, and positions at which its codes differ
/// @param changes in the order of positions and sites
record CodeDiff(int compared, int sameTokens, Map<Site, Integer> sites, List<Change> changes) {

  /// A site at a position.
  ///
  /// @param only codes of the first run alone
  /// @param other codes of the second one alone
  record Change(
      int position, int token, int otherToken, Site site, Set<Integer> only, Set<Integer> other) {}

  /// Compares position by position; the order of slots does not count.
  static CodeDiff of(List<PositionCodes> left, List<PositionCodes> right) {
    Map<Integer, Position> others = new TreeMap<>();
    right.forEach(part -> part.positions().forEach(each -> others.put(each.position(), each)));
    Map<Site, Integer> sites = new TreeMap<>();
    List<Change> changes = new ArrayList<>();
    int compared = 0;
    int sameTokens = 0;
    for (PositionCodes part : left) {
      part.sites().forEach(site -> sites.putIfAbsent(site.site(), 0));
      for (Position position : part.positions()) {
        Position other = others.get(position.position());
        if (other != null) {
          compared++;
          sameTokens += position.token() == other.token() ? 1 : 0;
          Map<Site, Set<Integer>> after = bySite(right.getFirst(), other);
          bySite(part, position)
              .forEach(
                  (site, codes) -> {
                    Set<Integer> there = after.getOrDefault(site, Set.of());
                    if (!codes.equals(there)) {
                      sites.merge(site, 1, Integer::sum);
                      changes.add(
                          new Change(
                              position.position(),
                              position.token(),
                              other.token(),
                              site,
                              without(codes, there),
                              without(there, codes)));
                    }
                  });
        }
      }
    }
    return new CodeDiff(compared, sameTokens, sites, changes);
  }

  private static Map<Site, Set<Integer>> bySite(PositionCodes of, Position position) {
    Map<Site, Set<Integer>> codes = new TreeMap<>();
    for (Code code : of.codesOf(position)) {
      codes.computeIfAbsent(code.site(), _ -> new HashSet<>()).add(code.id());
    }
    return codes;
  }

  private static Set<Integer> without(Set<Integer> codes, Set<Integer> others) {
    Set<Integer> rest = new TreeSet<>(codes);
    rest.removeAll(others);
    return rest;
  }
}
