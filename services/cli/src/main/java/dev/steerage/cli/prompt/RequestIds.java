package dev.steerage.cli.prompt;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Ids for requests that were not given one.
public final class RequestIds {
  private static final int BYTES = 6;

  private final SecureRandom random = new SecureRandom();

  /// An id that nobody has used: `cli-9f86d081884c`.
  public String next(String prefix) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return prefix + "-" + HexFormat.of().formatHex(bytes);
  }
}
