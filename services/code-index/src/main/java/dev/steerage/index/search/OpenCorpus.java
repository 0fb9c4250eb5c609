package dev.steerage.index.search;

import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.Segment;

/// A corpus with the sums that every question needs. Immutable.
///
/// @param firings `[site][code]`
/// @param firstHalfFirings those in documents of half 0
public record OpenCorpus(Corpus corpus, int[][] firings, int[][] firstHalfFirings) {
  /// Adds up the segments of a corpus.
  public static OpenCorpus of(Corpus corpus) {
    int sites = corpus.info().sites().size();
    int[][] all = new int[sites][];
    int[][] first = new int[sites][];
    for (int site = 0; site < sites; site++) {
      int codes = corpus.info().sites().get(site).codes();
      all[site] = new int[codes];
      first[site] = new int[codes];
      for (Segment segment : corpus.segments()) {
        for (int code = 0; code < codes; code++) {
          all[site][code] += segment.counts(site)[code];
          first[site][code] += segment.firstHalfCounts(site)[code];
        }
      }
    }
    return new OpenCorpus(corpus, all, first);
  }

  /// Firings in documents of a half.
  long firings(int half, int site, int code) {
    int first = firstHalfFirings[site][code];
    return half == 0 ? first : firings[site][code] - first;
  }

  public long firings(int site, int code) {
    return firings[site][code];
  }
}
