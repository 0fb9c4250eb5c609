package dev.steerage.index.search;

import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.Segment;
import dev.steerage.schemas.index.FoundCodes.Example;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Marked tokens with the text around them.
final class Examples {
  private static final int BEFORE = 16;
  private static final int AFTER = 8;

  private Examples() {}

  /// Some of the matches, evenly spread.
  static List<Example> of(Corpus corpus, List<int[]> marked, int most) {
    List<Example> examples = new ArrayList<>();
    int count = Math.min(most, marked.size());
    for (int i = 0; i < count; i++) {
      int[] each = marked.get((int) ((long) i * marked.size() / count));
      examples.add(of(corpus.segments().get(each[0]), each[1]));
    }
    return examples;
  }

  private static Example of(Segment segment, int position) {
    int document = segment.documentOf(position);
    int first = segment.firstPosition(document);
    int end = segment.firstPosition(document + 1);
    return new Example(
        segment.firstDocument() + document,
        position - first,
        text(segment, document, Math.max(first, position - BEFORE), position),
        text(segment, document, position, position + 1),
        text(segment, document, position + 1, Math.min(end, position + 1 + AFTER)));
  }

  static String text(Segment segment, int document, int from, int to) {
    return new String(segment.text(document, from, to), StandardCharsets.UTF_8);
  }
}
