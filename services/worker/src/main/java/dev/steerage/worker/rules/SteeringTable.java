package dev.steerage.worker.rules;

import dev.steerage.domain.steering.InterventionPlan;
import dev.steerage.domain.steering.SitePlan;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/// Plans in the engine's terms; the same object for the same plan, so that the engine checks each
/// once. Decode thread only.
final class SteeringTable {
  private static final int PLANS_MAX = 256;

  private final Map<InterventionPlan, Steering> known = new IdentityHashMap<>();
  private final int sites;

  SteeringTable(int sites) {
    this.sites = sites;
  }

  Steering of(InterventionPlan plan) {
    if (plan.isEmpty()) {
      return Steering.NONE;
    }
    Steering steering = known.get(plan);
    if (steering == null) {
      if (known.size() == PLANS_MAX) {
        known.clear();
      }
      steering = translate(plan, sites);
      known.put(plan, steering);
    }
    return steering;
  }

  void clear() {
    known.clear();
  }

  private static Steering translate(InterventionPlan plan, int sites) {
    Map<Integer, SiteSteering> bySite = new HashMap<>();
    for (int site = 0; site < plan.sites(); site++) {
      if (plan.at(site) != null) {
        bySite.put(site, translate(plan.at(site)));
      }
    }
    return Steering.of(bySite, sites);
  }

  private static SiteSteering translate(SitePlan plan) {
    SiteSteering.Builder builder = SiteSteering.builder();
    for (int i = 0; i < plan.bans(); i++) {
      builder.ban(plan.ban(i));
    }
    for (int i = 0; i < plan.ablations(); i++) {
      builder.ablate(plan.ablation(i));
    }
    for (int i = 0; i < plan.writes(); i++) {
      builder.write(plan.writeCode(i), plan.writeSlot(i));
    }
    for (int i = 0; i < plan.appends(); i++) {
      builder.append(plan.append(i));
    }
    return builder.build();
  }
}
