package dev.steerage.cli.terminal;

/// What a stretch of text means; a terminal decides how that looks.
public enum Style {
  /// A token that a rule shaped.
  STEERED("\u001b[1;35m"),
  /// What to look at.
  STRONG("\u001b[1m"),
  /// What may be skipped.
  FAINT("\u001b[2m"),
  /// It went well.
  GOOD("\u001b[32m"),
  /// It did not.
  BAD("\u001b[31m");

  static final String OFF = "\u001b[0m";
  private final String on;

  Style(String on) {
    this.on = on;
  }

  String on() {
    return on;
  }
}
