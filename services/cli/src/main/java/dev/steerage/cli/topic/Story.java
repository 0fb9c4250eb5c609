package dev.steerage.cli.topic;

import java.util.Locale;
import java.util.regex.Pattern;

/// A text that is sent as a prompt.
public record Story(String text) {
  /// How often words that begin with `word` occur, in any case.
  public long mentions(String word) {
    return Pattern.compile("\\b" + Pattern.quote(word.toLowerCase(Locale.ROOT)))
        .matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .count();
  }
}
