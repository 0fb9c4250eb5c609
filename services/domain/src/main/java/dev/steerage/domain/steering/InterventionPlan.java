package dev.steerage.domain.steering;

import java.util.List;
import java.util.Optional;

/// What the acting rules do at all sites of one position. Immutable, and the same object for the
/// same set of acting rules of a program.
public final class InterventionPlan {
  private static final InterventionPlan NONE =
      new InterventionPlan(new SitePlan[0], List.of(), Optional.empty(), List.of());

  private final SitePlan[] sites;
  private final List<SlotConflict> conflicts;
  private final Optional<String> stoppedBy;
  private final List<Shadow> shadows;

  InterventionPlan(
      SitePlan[] sites,
      List<SlotConflict> conflicts,
      Optional<String> stoppedBy,
      List<Shadow> shadows) {
    this.shadows = List.copyOf(shadows);
    this.sites = sites;
    this.conflicts = List.copyOf(conflicts);
    this.stoppedBy = stoppedBy;
  }

  /// No intervention anywhere.
  public static InterventionPlan none() {
    return NONE;
  }

  /// Whether nothing is done anywhere.
  public boolean isEmpty() {
    return sites.length == 0;
  }

  /// The interventions at a site, or null.
  public SitePlan at(int siteIndex) {
    return siteIndex < sites.length ? sites[siteIndex] : null;
  }

  /// One more than the highest index of a site with interventions.
  public int sites() {
    return sites.length;
  }

  /// The rule of highest precedence that ends the request here.
  public Optional<String> stoppedBy() {
    return stoppedBy;
  }

  /// Rules that would act here, but only shadow.
  public List<Shadow> shadows() {
    return shadows;
  }

  /// Actions that have no effect.
  public List<SlotConflict> conflicts() {
    return conflicts;
  }
}
