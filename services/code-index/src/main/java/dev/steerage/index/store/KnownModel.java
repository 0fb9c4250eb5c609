package dev.steerage.index.store;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.schemas.index.SiteRefs;
import org.agrona.collections.Long2LongHashMap;

/// A model of the models topic.
public final class KnownModel {
  private static final long NO_SITE = -1;

  private final ModelShape shape;
  private final long hashPrefix;
  private final Long2LongHashMap siteByKey = new Long2LongHashMap(NO_SITE);

  /// @param hash sha-256 of the model in hexadecimal
  public KnownModel(ModelShape shape, String hash) {
    this(shape, Long.parseUnsignedLong(hash.substring(0, 16), 16));
  }

  KnownModel(ModelShape shape, long hashPrefix) {
    this.shape = shape;
    this.hashPrefix = hashPrefix;
    for (int i = 0; i < shape.sites().size(); i++) {
      siteByKey.put(SiteRefs.key(shape.sites().get(i).site()), i);
    }
  }

  public ModelShape shape() {
    return shape;
  }

  public String name() {
    return shape.model();
  }

  /// First 8 bytes of the hash, as activation messages carry it.
  public long hashPrefix() {
    return hashPrefix;
  }

  /// The index of a site by [SiteRefs#key], or -1.
  public int siteIndex(long key) {
    return (int) siteByKey.get(key);
  }
}
