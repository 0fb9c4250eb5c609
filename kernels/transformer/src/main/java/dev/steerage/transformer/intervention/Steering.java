package dev.steerage.transformer.intervention;

import java.util.Arrays;
import java.util.Map;

/// The interventions at all sites for one position. Immutable.
public final class Steering {
  /// No intervention anywhere; the same bits as an unsteered run.
  public static final Steering NONE = new Steering(new SiteSteering[0]);

  private final SiteSteering[] sites;
  private final boolean empty;
  private final int hash;

  private Steering(SiteSteering[] sites) {
    this.sites = sites;
    boolean none = true;
    for (SiteSteering site : sites) {
      none &= site == null;
    }
    empty = none;
    hash = none ? 0 : Arrays.hashCode(sites);
  }

  /// @param bySite interventions by site index
  /// @param sites number of sites of the model
  public static Steering of(Map<Integer, SiteSteering> bySite, int sites) {
    SiteSteering[] all = new SiteSteering[sites];
    bySite.forEach(
        (index, steering) -> {
          if (index < 0 || index >= sites) {
            throw new IllegalArgumentException(
                "steering: site index=" + index + ", limit=" + (sites - 1));
          }
          all[index] = steering;
        });
    return new Steering(all);
  }

  /// The interventions of one site, or null when the site is left alone.
  public SiteSteering at(int siteIndex) {
    return siteIndex < sites.length ? sites[siteIndex] : null;
  }

  /// Equal ones do the same at every site.
  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof Steering steering
        && hash == steering.hash
        && (empty ? steering.empty : Arrays.equals(sites, steering.sites));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  public boolean isEmpty() {
    return empty;
  }

  /// Number of sites this was made for; 0 for [#NONE].
  public int sites() {
    return sites.length;
  }
}
