package dev.steerage.domain.steering;

import java.util.Optional;

/// What a rule that only shadows would do at a position, were it alone. Immutable.
///
/// @param rule its id
public record Shadow(String rule, InterventionPlan plan) {
  /// The natural codes of a position.
  public interface NaturalCodes {
    /// k of a site.
    int slots(int site);

    /// Code in a slot, 0 the most similar.
    int code(int site, int slot);
  }

  /// Whether it would end the request.
  public Optional<String> stoppedBy() {
    return plan.stoppedBy();
  }

  /// How many slots would hold another code, none, or be there besides.
  public int changedSlots(NaturalCodes natural) {
    int changed = 0;
    for (int site = 0; site < plan.sites(); site++) {
      SitePlan at = plan.at(site);
      if (at != null) {
        changed += changed(at, site, natural);
      }
    }
    return changed;
  }

  private static int changed(SitePlan at, int site, NaturalCodes natural) {
    int changed = at.appends();
    for (int slot = 0; slot < natural.slots(site); slot++) {
      int code = natural.code(site, slot);
      int written = written(at, slot);
      boolean isBlocked = isBanned(at, code) || isAblated(at, code);
      changed += written >= 0 ? (written == code ? 0 : 1) : isBlocked ? 1 : 0;
    }
    return changed;
  }

  private static int written(SitePlan at, int slot) {
    for (int i = 0; i < at.writes(); i++) {
      if (at.writeSlot(i) == slot) {
        return at.writeCode(i);
      }
    }
    return -1;
  }

  private static boolean isBanned(SitePlan at, int code) {
    for (int i = 0; i < at.bans(); i++) {
      if (at.ban(i) == code) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAblated(SitePlan at, int code) {
    for (int i = 0; i < at.ablations(); i++) {
      if (at.ablation(i) == code) {
        return true;
      }
    }
    return false;
  }
}
