package dev.steerage.experiments.topics;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// A topic and the words that count as naming it.
///
/// @param words in lower case, inflected forms included
record Topic(String name, List<String> words) {

  /// The nouns for things and animals among the words of TinyStories' training stories that are in
  /// at most 8 % of them and four times or more in at least 0.6 %: nothing else was looked at.
  static final List<Topic> ALL =
      parse(
          "boat boats; book books; box boxes; bear bears; bug bugs; bunny bunnies; cake cakes;"
              + " car cars; fish fishes; frog frogs; kitty kitties; mouse mice;"
              + " rabbit rabbits; rock rocks; slide slides; truck trucks");

  Topic {
    words = List.copyOf(words);
  }

  private static List<Topic> parse(String list) {
    return Arrays.stream(list.split(";"))
        .map(words -> List.of(words.strip().split(" ")))
        .map(words -> new Topic(words.getFirst(), words))
        .toList();
  }

  /// How often the words occur, whole words in any case.
  long mentions(String text) {
    return Pattern.compile(
            "\\b(" + String.join("|", words) + ")\\b",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
        .matcher(text)
        .results()
        .count();
  }
}
