package dev.steerage.cli.terminal;

/// A share as a bar of blocks.
public final class Bar {
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

  private Bar() {}

  /// A bar of `width` characters that is full at `most`, padded with spaces.
  public static String of(double share, double most, int width) {
    double clamped = Math.clamp(most <= 0 ? 0 : share / most, 0, 1);
    int eighths = (int) Math.round(clamped * width * 8);
    StringBuilder bar = new StringBuilder("█".repeat(eighths / 8));
    if (eighths % 8 != 0) {
      bar.append(EIGHTHS.charAt(eighths % 8));
    }
    return bar.append(" ".repeat(width - bar.length())).toString();
  }
}
