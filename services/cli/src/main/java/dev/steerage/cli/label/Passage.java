package dev.steerage.cli.label;

import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.FoundCodes;

/// A token with the text around it.
public record Passage(String before, String token, String after) {
  private static final int AROUND = 60;

  /// Where a code fired.
  public static Passage of(AboutCode.Context context) {
    return new Passage(context.before(), context.token(), context.after());
  }

  /// What a pattern marked.
  public static Passage of(FoundCodes.Example example) {
    return new Passage(example.before(), example.token(), example.after());
  }

  /// One line with the token in brackets; no more of the text than a reader needs.
  String line() {
    String left = before.substring(Math.max(0, before.length() - AROUND));
    String right = after.substring(0, Math.min(AROUND, after.length()));
    return (left + "[[" + token + "]]" + right).replaceAll("\\s+", " ").strip();
  }
}
