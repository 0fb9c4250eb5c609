package dev.steerage.index.search;

import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.Segment;

/// A corpus with the sums that every question needs. Immutable.
///
/// @param firings `[site][code]`
/// @param firstHalfFirings those in documents of half 0
public record OpenCorpus(Corpus corpus, int[][] firings, int[][] firstHalfFirings, Sums sums) {
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
    return new OpenCorpus(corpus, all, first, Sums.of(corpus));
  }

  /// Counts of the text alone.
  ///
  /// @param byToken occurrences of each token
  /// @param byTokenFirstHalf those in documents of half 0
  /// @param byPosition documents that reach each place
  public record Sums(int[] byToken, int[] byTokenFirstHalf, int[] byPosition) {
    static Sums of(Corpus corpus) {
      int[] byToken = new int[corpus.info().vocabulary()];
      int[] byTokenFirstHalf = new int[byToken.length];
      int[] byPosition = new int[corpus.info().context()];
      for (Segment segment : corpus.segments()) {
        for (int document = 0; document < segment.documents(); document++) {
          int from = segment.firstPosition(document);
          int length = segment.firstPosition(document + 1) - from;
          boolean isFirstHalf = segment.half(document) == 0;
          for (int p = from; p < from + length; p++) {
            int token = segment.token(p);
            byToken[token]++;
            byTokenFirstHalf[token] += isFirstHalf ? 1 : 0;
          }
          for (int place = 0; place < length; place++) {
            byPosition[place]++;
          }
        }
      }
      return new Sums(byToken, byTokenFirstHalf, byPosition);
    }
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
