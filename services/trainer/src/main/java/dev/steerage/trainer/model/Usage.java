package dev.steerage.trainer.model;

import java.util.Arrays;

/// How often each code of each site was chosen.
public final class Usage {
  private final long[][] counts;

  public Usage(Blueprint blueprint) {
    counts = new long[blueprint.sites().size()][];
    for (int site = 0; site < counts.length; site++) {
      counts[site] = new long[blueprint.siteType(site).codes()];
    }
  }

  /// Counts of one site, by code.
  public long[] of(int site) {
    return counts[site];
  }

  public int sites() {
    return counts.length;
  }

  /// Adds another count and clears it.
  public void take(Usage other) {
    for (int site = 0; site < counts.length; site++) {
      for (int id = 0; id < counts[site].length; id++) {
        counts[site][id] += other.counts[site][id];
        other.counts[site][id] = 0;
      }
    }
  }

  public void clear() {
    for (long[] site : counts) {
      Arrays.fill(site, 0);
    }
  }

  /// Share of all codes that were never chosen.
  public double unused() {
    long all = 0;
    long dead = 0;
    for (long[] site : counts) {
      for (long count : site) {
        all++;
        dead += count == 0 ? 1 : 0;
      }
    }
    return all == 0 ? 0 : (double) dead / all;
  }
}
