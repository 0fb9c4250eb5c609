package dev.steerage.index.about;

import dev.steerage.index.corpus.Segment;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.schemas.index.AboutCode.FiredOn;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Whether a code says that one of few tokens, or pairs of tokens, is there, after Voita et al.
/// 2023: at most five of them make up 95 % of its firings, and still do when only those are kept on
/// which it fires in 95 % of the cases.
final class Detector {
  private static final int MOST = 5;
  private static final double SHARE = 0.95;

  private Detector() {}

  /// @param tokens most frequent first
  static boolean isTokens(long firings, List<FiredOn> tokens) {
    long covered = 0;
    long kept = 0;
    for (FiredOn token : tokens.subList(0, Math.min(MOST, tokens.size()))) {
      covered += token.firings();
      if (token.firings() >= SHARE * token.occurrences()) {
        kept += token.firings();
      }
    }
    return covered >= SHARE * firings && kept >= SHARE * firings;
  }

  static boolean isPairs(OpenCorpus open, Firings firings) {
    List<Map.Entry<Long, Integer>> top =
        firings.byPair().entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST)
            .toList();
    long covered = top.stream().mapToLong(Map.Entry::getValue).sum();
    if (covered < SHARE * firings.count()) {
      return false;
    }
    long kept = 0;
    for (Map.Entry<Long, Integer> pair : top) {
      if (pair.getValue() >= SHARE * occurrences(open, pair.getKey())) {
        kept += pair.getValue();
      }
    }
    return kept >= SHARE * firings.count();
  }

  private static long occurrences(OpenCorpus open, long pair) {
    int before = (int) (pair >> 32);
    int token = (int) pair;
    long count = 0;
    for (Segment segment : open.corpus().segments()) {
      for (int document = 0; document < segment.documents(); document++) {
        int previous = -1;
        int end = segment.firstPosition(document + 1);
        for (int p = segment.firstPosition(document); p < end; p++) {
          int here = segment.token(p);
          count += here == token && previous == before ? 1 : 0;
          previous = here;
        }
      }
    }
    return count;
  }
}
