package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The sets of codes that the conditions of a program look for, by code: a position costs one
/// look-up per natural code of a watched site, however many conditions there are.
final class Watches {
  static final Watches NONE = new Watches(0, new TreeMap<>());

  private final int size;
  private final int[] sites;
  private final int[][] codes;
  private final int[][][] watchesOf;

  /// A bit for every code up to the highest watched one, one watched site after the other. Nearly
  /// every natural code is one that nobody watches, and this says so without a search.
  private final long[] isWatched;

  /// By watched site: where its bits begin, in words; one more for the end.
  private final int[] firstWords;

  private Watches(int size, TreeMap<Integer, TreeMap<Integer, List<Integer>>> bySite) {
    this.size = size;
    sites = bySite.keySet().stream().mapToInt(Integer::intValue).toArray();
    codes = new int[sites.length][];
    watchesOf = new int[sites.length][][];
    firstWords = new int[sites.length + 1];
    for (int i = 0; i < sites.length; i++) {
      TreeMap<Integer, List<Integer>> byCode = bySite.get(sites[i]);
      codes[i] = byCode.keySet().stream().mapToInt(Integer::intValue).toArray();
      watchesOf[i] =
          byCode.values().stream()
              .map(watches -> watches.stream().mapToInt(Integer::intValue).toArray())
              .toArray(int[][]::new);
      firstWords[i + 1] = firstWords[i] + (codes[i][codes[i].length - 1] >> 6) + 1;
    }
    isWatched = new long[firstWords[sites.length]];
    for (int i = 0; i < sites.length; i++) {
      for (int code : codes[i]) {
        isWatched[firstWords[i] + (code >> 6)] |= 1L << code;
      }
    }
  }

  int size() {
    return size;
  }

  /// Tells the reading which watches a position's natural codes belong to.
  void see(Reading reading, int position, FiredHistory history) {
    if (!history.knows(position)) {
      return;
    }
    int[] natural = history.codes();
    int row = history.rowOf(position);
    for (int i = 0; i < sites.length; i++) {
      int from = row + history.offset(sites[i]);
      int to = row + history.offset(sites[i] + 1);
      int first = firstWords[i];
      int words = firstWords[i + 1] - first;
      for (int at = from; at < to; at++) {
        int code = natural[at];
        int word = code >> 6;
        // No code, -1, is in no word.
        if (word >= 0 && word < words && (isWatched[first + word] & 1L << code) != 0) {
          for (int watch : watchesOf[i][Arrays.binarySearch(codes[i], code)]) {
            reading.fired(watch, position);
          }
        }
      }
    }
  }

  /// Collects the sets; the same set is watched once.
  static final class Builder {
    private final ModelShape model;
    private final Map<Set<Code>, Integer> known = new HashMap<>();
    private final TreeMap<Integer, TreeMap<Integer, List<Integer>>> bySite = new TreeMap<>();

    Builder(ModelShape model) {
      this.model = model;
    }

    /// The number of the watch for these codes.
    int watch(List<Code> codes) {
      Set<Code> set = Set.copyOf(codes);
      Integer before = known.get(set);
      if (before != null) {
        return before;
      }
      int watch = known.size();
      known.put(set, watch);
      for (Code code : set) {
        int site = model.indexOf(code.site()).orElseThrow();
        bySite
            .computeIfAbsent(site, _ -> new TreeMap<>())
            .computeIfAbsent(code.id(), _ -> new ArrayList<>())
            .add(watch);
      }
      return watch;
    }

    Watches build() {
      return new Watches(known.size(), bySite);
    }
  }
}
