package dev.steerage.cli.terminal;

import java.util.Locale;

/// Numbers of bytes for people.
public final class Bytes {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

  private Bytes() {}

  /// For instance `2.71 GB`: three digits that count, powers of 1,000 as disks are sold.
  public static String of(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5 && unit + 1 < UNITS.length) {
      value /= 1_000;
      unit++;
    }
    String form = value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
    return String.format(Locale.ROOT, form, value, UNITS[unit]);
  }
}
