package dev.steerage.index.about;

import dev.steerage.index.corpus.Segment;
import dev.steerage.index.search.OpenCorpus;
import java.util.HashMap;
import java.util.Map;

/// All firings of a code, counted in several ways.
///
/// @param byPosition by place in the document
/// @param byPair by the token before and the token, `before << 32 | token`
record Firings(
    long count,
    long documents,
    int[] byToken,
    int[] byPosition,
    long[] bySource,
    Map<Long, Integer> byPair) {
  /// A code with more different pairs is no detector of few.
  private static final int MOST_PAIRS = 20_000;

  static Firings of(OpenCorpus open, int site, int code) {
    var counter = new Counter(open);
    for (Segment segment : open.corpus().segments()) {
      counter.segment = segment;
      counter.document = -1;
      segment.postings(site).forEach(code, counter::add);
    }
    return new Firings(
        open.firings(site, code),
        counter.documents,
        counter.byToken,
        counter.byPosition,
        counter.bySource,
        counter.byPair);
  }

  private static final class Counter {
    private final int[] byToken;
    private final int[] byPosition;
    private final long[] bySource;
    private final Map<Long, Integer> byPair = new HashMap<>();
    private Segment segment;
    private int document = -1;
    private int end;
    private long documents;

    private Counter(OpenCorpus open) {
      byToken = new int[open.sums().byToken().length];
      byPosition = new int[open.sums().byPosition().length];
      bySource = new long[open.corpus().info().sources().size()];
    }

    private void add(int position) {
      if (document < 0 || position >= end) {
        document = segment.documentOf(position);
        end = segment.firstPosition(document + 1);
        documents++;
      }
      int first = segment.firstPosition(document);
      int token = segment.token(position);
      byToken[token]++;
      byPosition[position - first]++;
      bySource[segment.source(document)]++;
      long before = position == first ? -1 : segment.token(position - 1);
      if (byPair.size() < MOST_PAIRS) {
        byPair.merge(before << 32 | token, 1, Integer::sum);
      }
    }
  }
}
