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

  /// Reads a name of a code of a model: `L3.attn.H5:4711`, or as Neuronpedia names features,
  /// `stories/3-attn.H5/4711`, where the model has to be this one.
  ///
  /// @throws IllegalArgumentException if it is neither, or names another model
  public static Code parse(String name, String model) {
    String[] parts = name.split("/", -1);
    if (parts.length == 1) {
      return parse(name);
    }
    int dash = parts.length == 3 ? parts[1].indexOf('-') : -1;
    if (dash < 0) {
      throw new IllegalArgumentException(
          "code: '"
              + Site.clip(name)
              + "', expected e.g. L3.attn.H5:4711 or "
              + model
              + "/3-attn.H5/4711");
    }
    if (!parts[0].equals(model)) {
      throw new IllegalArgumentException(
          "code: '"
              + Site.clip(name)
              + "' is one of model "
              + Site.clip(parts[0])
              + ", not of "
              + model);
    }
    return parse(
        "L" + parts[1].substring(0, dash) + "." + parts[1].substring(dash + 1) + ":" + parts[2]);
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
