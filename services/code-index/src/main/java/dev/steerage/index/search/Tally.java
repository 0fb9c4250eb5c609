package dev.steerage.index.search;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.ForwardReader;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SiteGroup;
import java.util.Arrays;
import java.util.List;

/// Counts matches, and the codes that fire on them, by half of the documents. For one thread.
final class Tally {
  private static final int HALVES = 2;

  private final long[] matches = new long[HALVES];
  private final int[][][] hits;
  private final boolean[] isWanted;
  private int[] positions = new int[1024];
  private byte[] halves = new byte[1024];
  private int count;

  /// @param isWanted which sites to count
  Tally(List<SiteShape> sites, boolean[] isWanted) {
    this.isWanted = isWanted;
    hits = new int[HALVES][sites.size()][];
    for (int half = 0; half < HALVES; half++) {
      for (int site = 0; site < sites.size(); site++) {
        hits[half][site] = new int[isWanted[site] ? sites.get(site).codes() : 0];
      }
    }
  }

  /// A match; positions come in ascending order, and one that comes twice counts once.
  void mark(int position, int half) {
    if (count > 0 && positions[count - 1] == position) {
      return;
    }
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, 2 * count);
      halves = Arrays.copyOf(halves, 2 * count);
    }
    positions[count] = position;
    halves[count++] = (byte) half;
    matches[half]++;
  }

  /// Matches that were marked since the last [#flush].
  int waiting() {
    return count;
  }

  /// Counts the codes of what was marked in a segment.
  void flush(Segment segment) {
    for (SiteGroup group : segment.groups()) {
      if (isAnyWanted(group)) {
        flush(segment, group);
      }
    }
    count = 0;
  }

  private boolean isAnyWanted(SiteGroup group) {
    for (int i = 0; i < group.slots().length; i++) {
      if (isWanted[group.firstSite() + i]) {
        return true;
      }
    }
    return false;
  }

  private void flush(Segment segment, SiteGroup group) {
    ForwardReader.Cursor cursor = segment.forward(group.number()).cursor();
    int[] slots = group.slots();
    for (int i = 0; i < count; i++) {
      int at = cursor.seek(positions[i]);
      char[] ids = cursor.ids();
      int[][] into = hits[halves[i]];
      for (int site = 0; site < slots.length; site++) {
        int[] counts = into[group.firstSite() + site];
        if (counts.length == 0) {
          at += slots[site];
          continue;
        }
        for (int slot = 0; slot < slots[site]; slot++) {
          counts[ids[at++]]++;
        }
      }
    }
  }

  /// Adds what another thread counted.
  void add(Tally other) {
    for (int half = 0; half < HALVES; half++) {
      matches[half] += other.matches[half];
      for (int site = 0; site < hits[half].length; site++) {
        int[] into = hits[half][site];
        int[] from = other.hits[half][site];
        for (int code = 0; code < into.length; code++) {
          into[code] += from[code];
        }
      }
    }
  }

  long matches(int half) {
    return matches[half];
  }

  int hits(int half, int site, int code) {
    return hits[half][site][code];
  }
}
