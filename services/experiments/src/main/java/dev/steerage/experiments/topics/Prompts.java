package dev.steerage.experiments.topics;

import dev.steerage.transformer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Beginnings of stories that name no topic.
final class Prompts {
  private static final int WORDS = 8;

  private Prompts() {}

  /// The first eight words of each story, in order, without repetitions and without those that name
  /// any topic.
  static List<int[]> of(List<String> stories, Tokenizer tokenizer, int count) {
    Set<String> texts = new LinkedHashSet<>();
    for (String story : stories) {
      String[] words = story.strip().split("\\s+");
      if (words.length > WORDS) {
        String text = String.join(" ", List.of(words).subList(0, WORDS));
        if (Topic.ALL.stream().allMatch(topic -> topic.mentions(text) == 0)) {
          texts.add(text);
        }
      }
      if (texts.size() == count) {
        break;
      }
    }
    if (texts.size() < count) {
      throw new IllegalArgumentException(
          "data: prompts=" + texts.size() + ", needed=" + count + ": too few stories");
    }
    List<int[]> prompts = new ArrayList<>();
    texts.forEach(text -> prompts.add(tokenizer.encodePrompt(text)));
    return prompts;
  }
}
