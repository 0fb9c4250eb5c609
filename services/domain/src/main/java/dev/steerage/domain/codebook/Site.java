package dev.steerage.domain.codebook;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in the network that holds a codebook: `L3.attn.H5`, `L0.mlp`.
///
/// @param layer index of the block, from 0
/// @param component the place in the block
/// @param head index in a group of codebooks, or [#NO_HEAD] for a single codebook
public record Site(int layer, Component component, int head) implements Comparable<Site> {
  /// The head of a site that is no group.
  public static final int NO_HEAD = -1;

  private static final Pattern NAME =
      Pattern.compile("L(\\d{1,4})\\.([a-z_]{1,16})(?:\\.H(\\d{1,4}))?");
  private static final Comparator<Site> ORDER =
      Comparator.comparingInt(Site::layer)
          .thenComparing(Site::component)
          .thenComparingInt(Site::head);

  public Site {
    if (layer < 0 || head < NO_HEAD) {
      throw new IllegalArgumentException("site: layer=" + layer + ", head=" + head);
    }
  }

  /// A site without a head.
  public static Site of(int layer, Component component) {
    return new Site(layer, component, NO_HEAD);
  }

  /// Reads a name such as `L3.attn.H5`.
  ///
  /// @throws IllegalArgumentException if it is no site name
  public static Site parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "site: '" + clip(name) + "', expected e.g. L3.attn.H5 or L0.mlp");
    }
    Component component =
        Component.ofLabel(matcher.group(2))
            .orElseThrow(
                () -> new IllegalArgumentException("site: unknown component in '" + name + "'"));
    int head = matcher.group(3) == null ? NO_HEAD : Integer.parseInt(matcher.group(3));
    return new Site(Integer.parseInt(matcher.group(1)), component, head);
  }

  static String clip(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  @Override
  public int compareTo(Site other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    String name = "L" + layer + "." + component.label();
    return head == NO_HEAD ? name : name + ".H" + head;
  }
}
