package dev.steerage.transformer.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;

/// Learns a byte-level vocabulary: begins with the bytes and joins the most frequent pair of
/// neighbours inside words, again and again.
///
/// Equally frequent pairs: the one whose tokens are older first, so the same texts give the same
/// vocabulary in any order.
public final class BytePairTraining {
  /// What was learned.
  ///
  /// @param vocabulary tokens as a `tokenizer.json` writes them, with their ids
  /// @param merges pairs in the order in which they are applied
  public record Learned(Map<String, Integer> vocabulary, List<List<String>> merges) {
    public Learned {
      vocabulary = new LinkedHashMap<>(vocabulary);
      merges = List.copyOf(merges);
    }
  }

  private record Pair(long count, int left, int right) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      if (count != other.count) {
        return Long.compare(other.count, count);
      }
      return left != other.left
          ? Integer.compare(left, other.left)
          : Integer.compare(right, other.right);
    }
  }

  private static final int BYTES = 256;

  private final Map<String, long[]> words = new TreeMap<>();
  private final List<int[]> symbols = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private final Map<Long, Long> pairs = new HashMap<>();
  private final Map<Long, Set<Integer>> wordsOfPair = new HashMap<>();
  private final PriorityQueue<Pair> queue = new PriorityQueue<>();

  /// Counts the words of a text.
  public void add(String text) {
    Matcher found = ByteLevelTokenizer.WORDS.matcher(text);
    while (found.find()) {
      words.computeIfAbsent(found.group(), word -> new long[1])[0]++;
    }
  }

  /// @param size tokens in all, special ones and the 256 bytes included
  /// @param special get the first ids
  public Learned learn(int size, List<String> special) {
    if (size < BYTES + special.size()) {
      throw new IllegalArgumentException(
          "vocabulary: size=" + size + ", limit=" + (BYTES + special.size()) + "..");
    }
    if (words.isEmpty()) {
      throw new IllegalArgumentException("vocabulary: the text has no words");
    }
    ByteAlphabet alphabet = new ByteAlphabet();
    List<String> tokens = new ArrayList<>(special);
    int[] tokenOfByte = new int[BYTES];
    // In the order of their stand-ins, which is how published vocabularies begin.
    TreeMap<String, Integer> standIns = new TreeMap<>();
    for (int b = 0; b < BYTES; b++) {
      standIns.put(alphabet.charFor(b), b);
    }
    standIns.forEach(
        (standIn, b) -> {
          tokenOfByte[b] = tokens.size();
          tokens.add(standIn);
        });
    begin(tokenOfByte);
    List<List<String>> merges = new ArrayList<>();
    while (tokens.size() < size) {
      Pair best = next();
      if (best == null) {
        break;
      }
      merges.add(List.of(tokens.get(best.left), tokens.get(best.right)));
      tokens.add(tokens.get(best.left) + tokens.get(best.right));
      merge(best, tokens.size() - 1);
    }
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    tokens.forEach(token -> vocabulary.putIfAbsent(token, vocabulary.size()));
    return new Learned(vocabulary, merges);
  }

  private void begin(int[] tokenOfByte) {
    words.forEach(
        (word, count) -> {
          byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
          int[] ids = new int[bytes.length];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = tokenOfByte[bytes[i] & 0xFF];
          }
          symbols.add(ids);
          counts.add(count[0]);
          change(symbols.size() - 1, 1);
        });
    pairs.forEach((pair, count) -> offer(pair));
  }

  /// Adds or takes back what one word contributes to the pairs.
  private void change(int word, int sign) {
    int[] ids = symbols.get(word);
    for (int i = 0; i + 1 < ids.length; i++) {
      long pair = key(ids[i], ids[i + 1]);
      pairs.merge(pair, sign * counts.get(word), Long::sum);
      if (sign > 0) {
        wordsOfPair.computeIfAbsent(pair, key -> new HashSet<>()).add(word);
      }
    }
  }

  private void offer(long pair) {
    long count = pairs.getOrDefault(pair, 0L);
    if (count > 0) {
      queue.add(new Pair(count, (int) (pair >>> 32), (int) pair));
    }
  }

  /// The most frequent pair; entries of the queue that are out of date are put right on the way.
  private Pair next() {
    while (!queue.isEmpty()) {
      Pair best = queue.poll();
      long now = pairs.getOrDefault(key(best.left, best.right), 0L);
      if (now == best.count) {
        return best;
      }
    }
    return null;
  }

  private void merge(Pair pair, int merged) {
    Set<Long> touched = new HashSet<>();
    for (int word : wordsOfPair.remove(key(pair.left, pair.right))) {
      int[] before = symbols.get(word);
      int[] after = joined(before, pair, merged);
      if (after.length == before.length) {
        continue;
      }
      change(word, -1);
      touch(before, touched);
      symbols.set(word, after);
      change(word, 1);
      touch(after, touched);
    }
    touched.forEach(this::offer);
  }

  private static void touch(int[] ids, Set<Long> touched) {
    for (int i = 0; i + 1 < ids.length; i++) {
      touched.add(key(ids[i], ids[i + 1]));
    }
  }

  private static int[] joined(int[] ids, Pair pair, int merged) {
    int[] joined = new int[ids.length];
    int count = 0;
    for (int i = 0; i < ids.length; i++) {
      boolean isPair = i + 1 < ids.length && ids[i] == pair.left && ids[i + 1] == pair.right;
      joined[count++] = isPair ? merged : ids[i];
      i += isPair ? 1 : 0;
    }
    return Arrays.copyOf(joined, count);
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }
}
