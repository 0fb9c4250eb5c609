package dev.steerage.domain.text;

/// A text that is no pattern, or one that is too large.
public final class PatternException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  PatternException(String what, int at) {
    super("pattern: " + what + " at character " + at);
  }

  PatternException(String what) {
    super("pattern: " + what);
  }
}
