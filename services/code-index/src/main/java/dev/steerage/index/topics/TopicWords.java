package dev.steerage.index.topics;

import dev.steerage.index.corpus.Segment;
import dev.steerage.index.search.OpenCorpus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The words of each document, and which of them set some documents apart.
final class TopicWords {
  private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}]+");
  private static final int SHORTEST = 3;
  private static final int MOST_WORDS = 6;
  private static final int NAMING = 3;
  private static final int EXAMPLES = 3;
  private static final int EXAMPLE = 70;

  private final OpenCorpus open;
  private final Map<String, BitSet> documentsOf = new HashMap<>();
  private final BitSet firstHalf = new BitSet();
  private final BitSet secondHalf = new BitSet();

  TopicWords(OpenCorpus open) {
    this.open = open;
    for (Segment segment : open.corpus().segments()) {
      for (int document = 0; document < segment.documents(); document++) {
        int number = (int) segment.firstDocument() + document;
        (segment.half(document) == 0 ? firstHalf : secondHalf).set(number);
        for (String word : words(segment, document)) {
          documentsOf.computeIfAbsent(word, _ -> new BitSet()).set(number);
        }
      }
    }
  }

  private static Set<String> words(Segment segment, int document) {
    String text = new String(segment.text(document), StandardCharsets.UTF_8);
    Set<String> words = new HashSet<>();
    for (String word : BETWEEN.split(text.toLowerCase(Locale.ROOT))) {
      if (word.length() >= SHORTEST) {
        words.add(word);
      }
    }
    return words;
  }

  /// What sets documents apart.
  ///
  /// @param words chosen on those of half 0
  /// @param share of those of half 1 that contain one of the first three
  /// @param rate the same of all documents of half 1
  record Found(List<String> words, double share, double rate, List<String> examples) {}

  Found of(BitSet documents) {
    List<String> words = chosen(and(documents, firstHalf));
    BitSet wanted = new BitSet();
    words.stream().limit(NAMING).forEach(word -> wanted.or(documentsOf.get(word)));
    return new Found(
        words,
        share(wanted, and(documents, secondHalf)),
        share(wanted, secondHalf),
        examples(documents));
  }

  /// Words by how often they are here times how much more often than elsewhere.
  private List<String> chosen(BitSet here) {
    record Scored(String word, double score) {}
    List<Scored> all = new ArrayList<>();
    documentsOf.forEach(
        (word, documents) -> {
          int count = and(documents, here).cardinality();
          double share = (count + 0.5) / (here.cardinality() + 1);
          double rate =
              (and(documents, firstHalf).cardinality() + 0.5) / (firstHalf.cardinality() + 1);
          all.add(new Scored(word, count * Math.log(share / rate)));
        });
    return all.stream()
        .filter(each -> each.score() > 0)
        .sorted(Comparator.comparingDouble(Scored::score).reversed().thenComparing(Scored::word))
        .limit(MOST_WORDS)
        .map(Scored::word)
        .toList();
  }

  private static BitSet and(BitSet left, BitSet right) {
    BitSet both = (BitSet) left.clone();
    both.and(right);
    return both;
  }

  private static double share(BitSet wanted, BitSet of) {
    return of.isEmpty() ? 0 : (double) and(wanted, of).cardinality() / of.cardinality();
  }

  private List<String> examples(BitSet documents) {
    List<String> examples = new ArrayList<>();
    for (Segment segment : open.corpus().segments()) {
      int from = (int) segment.firstDocument();
      int end = from + segment.documents();
      for (int d = documents.nextSetBit(from);
          d >= 0 && d < end && examples.size() < EXAMPLES;
          d = documents.nextSetBit(d + 1)) {
        examples.add(beginning(segment, d - from));
      }
    }
    return examples;
  }

  private static String beginning(Segment segment, int document) {
    String text = new String(segment.text(document), StandardCharsets.UTF_8).strip();
    return text.substring(0, Math.min(EXAMPLE, text.length())).replaceAll("\\s+", " ");
  }
}
