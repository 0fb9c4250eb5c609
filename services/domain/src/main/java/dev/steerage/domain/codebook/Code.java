package dev.steerage.domain.codebook;

import java.util.Comparator;

/// One vector of the codebook at a site: `L3.attn.H5:4711`.
public record Code(Site site, int id) implements Comparable<Code> {
  private static final Comparator<Code> ORDER =
      Comparator.comparing(Code::site).thenComparingInt(Code::id);

  public Code {
    if (id < 0) {
      throw new IllegalArgumentException("code: id=" + id + ", expected >= 0");
    }
  }

  /// Reads a name such as `L3.attn.H5:4711`.
  ///
  /// @throws IllegalArgumentException if it is no code name
  public static Code parse(String name) {
    int colon = name.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "code: '" + Site.clip(name) + "', expected e.g. L3.attn.H5:4711");
    }
    Site site = Site.parse(name.substring(0, colon));
    try {
      return new Code(site, Integer.parseInt(name.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("code: id in '" + Site.clip(name) + "' is no number", e);
    }
  }

  @Override
  public int compareTo(Code other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return site + ":" + id;
  }
}
