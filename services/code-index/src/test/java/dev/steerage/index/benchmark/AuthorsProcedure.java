package dev.steerage.index.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The search of *Codebook Features*, as its published code does it, with everything cached that
/// can be: texts as strings, cumulative character lengths of the tokens, ids as one dense array,
/// counts of all codes. One thread, as there. Gathering and counting are array operations, as in
/// numpy.
final class AuthorsProcedure {
  private static final int SITES = SyntheticCorpus.SITES;
  private static final int SLOTS = SyntheticCorpus.SLOTS;

  private final SyntheticCorpus corpus;
  private final String[] texts;
  private final int[][] ends;
  private final int[][] firings = new int[SITES][SyntheticCorpus.CODES];

  AuthorsProcedure(SyntheticCorpus corpus) {
    this.corpus = corpus;
    texts = new String[corpus.pieces.size()];
    ends = new int[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = new String(corpus.pieces.get(i).text(), StandardCharsets.UTF_8);
      int[] tokens = corpus.pieces.get(i).tokens();
      ends[i] = new int[tokens.length];
      int end = 0;
      for (int t = 0; t < tokens.length; t++) {
        end += new String(corpus.words.get(tokens[t]), StandardCharsets.UTF_8).length();
        ends[i][t] = end;
      }
    }
    for (int i = 0; i < corpus.ids.length; i++) {
      firings[i / SLOTS % SITES][corpus.ids[i]]++;
    }
  }

  /// Hits and firings.
  record Score(long hits, long firings) {}

  /// The scores of all codes whose recall is above 0.01, by `site << 16 | code`.
  Map<Integer, Score> search(String regex) {
    int[] positions = positions(regex);
    Map<Integer, Score> scores = new HashMap<>();
    for (int site = 0; site < SITES; site++) {
      char[] gathered = new char[positions.length * SLOTS];
      for (int i = 0; i < positions.length; i++) {
        int at = (positions[i] * SITES + site) * SLOTS;
        System.arraycopy(corpus.ids, at, gathered, i * SLOTS, SLOTS);
      }
      // numpy.unique with counts.
      Arrays.sort(gathered);
      for (int from = 0; from < gathered.length; ) {
        int to = from;
        while (to < gathered.length && gathered[to] == gathered[from]) {
          to++;
        }
        if (to - from > 0.01 * positions.length) {
          scores.put(
              site << 16 | gathered[from], new Score(to - from, firings[site][gathered[from]]));
        }
        from = to;
      }
    }
    return scores;
  }

  private int[] positions(String regex) {
    Pattern pattern = Pattern.compile(regex);
    int[] positions = new int[1024];
    int count = 0;
    for (int document = 0; document < texts.length; document++) {
      Matcher matcher = pattern.matcher(texts[document]);
      int last = -1;
      while (matcher.find()) {
        int group = Math.min(1, matcher.groupCount());
        if (matcher.end(group) > matcher.start(group)) {
          int found = Arrays.binarySearch(ends[document], matcher.start(group));
          int token = found >= 0 ? found + 1 : -found - 1;
          if (token != last) {
            if (count == positions.length) {
              positions = Arrays.copyOf(positions, 2 * count);
            }
            positions[count++] = document * SyntheticCorpus.TOKENS + token;
            last = token;
          }
        }
      }
    }
    return Arrays.copyOf(positions, count);
  }
}
