package dev.steerage.gateway.api;

import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ids that the gateway makes: `p-<time>-<random>`. The time says where to look for the events of a
/// request that nobody remembers.
public final class Ids {
  private static final Pattern FORM =
      Pattern.compile("[a-z]+-([0-9a-z]{8,9})-[0-9a-f]{16}(-\\d+)?");
  private static final int RADIX = 36;

  private Ids() {}

  /// A new id.
  public static String make(String prefix) {
    return prefix
        + "-"
        + Long.toString(System.currentTimeMillis(), RADIX)
        + "-"
        + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /// When an id was made, if it is one of these.
  static OptionalLong timeMs(String id) {
    Matcher matcher = FORM.matcher(id);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1), RADIX))
        : OptionalLong.empty();
  }
}
