package dev.steerage.cli.topic;

import java.util.Locale;
import java.util.regex.Pattern;

/// A text that is sent as a prompt.
public record Story(String text) {
  /// The story's beginning: whole sentences of at most `characters` together, or its first
  /// characters where the first sentence is longer.
  public Story beginning(int characters) {
    if (text.length() <= characters) {
      return this;
    }
    String head = text.substring(0, characters);
    int end = head.lastIndexOf(". ");
    return new Story(end < 0 ? head : head.substring(0, end + 1));
  }

  /// How often words that begin with `word` occur, in any case.
  public long mentions(String word) {
    return Pattern.compile("\\b" + Pattern.quote(word.toLowerCase(Locale.ROOT)))
        .matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .count();
  }
}
