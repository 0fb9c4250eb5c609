package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.index.SiteRefDecoder;
import dev.steerage.schemas.sbe.index.SiteRefEncoder;

/// Sites in look-up messages.
public final class SiteRefs {
  private static final Component[] COMPONENTS = Component.values();

  private SiteRefs() {}

  /// Writes a site.
  public static void write(SiteRefEncoder encoder, Site site) {
    encoder.layer(site.layer()).component((short) wire(site.component())).head((short) site.head());
  }

  /// Reads a site.
  ///
  /// @throws IllegalArgumentException if it cannot be one
  public static Site read(SiteRefDecoder decoder) {
    int component = decoder.component();
    if (component >= COMPONENTS.length) {
      throw new IllegalArgumentException(
          "site: component=" + component + ", limit=" + (COMPONENTS.length - 1));
    }
    for (Component candidate : COMPONENTS) {
      if (wire(candidate) == component) {
        return new Site(decoder.layer(), candidate, decoder.head());
      }
    }
    throw new IllegalArgumentException("site: component=" + component);
  }

  /// One number per site, so that a site is found without building its name.
  public static long key(Site site) {
    return key(site.layer(), wire(site.component()), site.head());
  }

  /// As [#key(Site)], of a site on the wire.
  public static long key(SiteRefDecoder decoder) {
    return key(decoder.layer(), decoder.component(), decoder.head());
  }

  private static long key(int layer, int component, int head) {
    return (long) layer << 32 | (long) component << 16 | (head & 0xFFFF);
  }

  // The contract of the schema, not the order of the enum.
  private static int wire(Component component) {
    return switch (component) {
      case ATTN -> 0;
      case ATTN_OUT -> 1;
      case QKV -> 2;
      case MLP_MID -> 3;
      case MLP -> 4;
      case ATTN_PLUS_MLP -> 5;
      case BLOCK -> 6;
    };
  }
}
