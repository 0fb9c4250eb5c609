package dev.steerage.cli.terminal;

/// Text from models and tenants, made safe for a terminal: it may hold escape sequences.
public final class Printable {
  private Printable() {}

  /// The text with every control character but line feed and tab written as `\xNN`.
  public static String text(String text) {
    return escape(text, true);
  }

  /// The text on one line: line feeds and tabs are escaped too.
  public static String line(String text) {
    return escape(text, false);
  }

  private static String escape(String text, boolean keepsBreaks) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean safe = !isControl(c) || keepsBreaks && (c == '\n' || c == '\t');
      if (safe && out == null) {
        continue;
      }
      if (out == null) {
        out = new StringBuilder(text.length() + 8).append(text, 0, i);
      }
      if (safe) {
        out.append(c);
      } else {
        out.append(escaped(c));
      }
    }
    return out == null ? text : out.toString();
  }

  /// C0, DEL, C1 and the marks that reorder or hide what follows them.
  private static boolean isControl(char c) {
    return c < 0x20
        || c >= 0x7F && c < 0xA0
        || c >= 0x200B && c <= 0x200F
        || c >= 0x2028 && c <= 0x202E
        || c >= 0x2066 && c <= 0x2069
        || c == 0xFEFF;
  }

  private static String escaped(char c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\t' -> "\\t";
      case '\r' -> "\\r";
      default -> c < 0x100 ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c);
    };
  }

  /// At most `length` characters, the last of them an ellipsis where something was cut.
  public static String clipped(String text, int length) {
    return text.length() <= length ? text : text.substring(0, Math.max(0, length - 1)) + "…";
  }
}
