package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.RuleLimits;
import dev.steerage.domain.steering.SitePlan.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Collects the actions of acting rules and settles who has which slot.
///
/// Rules are added in ascending order of precedence. Among activations at one site:
/// 1. `all` overwrites every slot, so what was added before it gives way.
/// 2. A numbered slot belongs to the last rule that wants it.
/// 3. `least-similar` codes take the slots left over by 2, from the least similar upward in the
///    order of their rules; where there are too few, the first ones give way.
/// 4. A code that is activated `least-similar` by two rules takes one slot.
final class PlanBuilder {
  private final ModelShape model;
  private final TreeMap<Integer, SiteDemand> demands = new TreeMap<>();
  private final List<SlotConflict> conflicts = new ArrayList<>();
  private final List<Shadow> shadows = new ArrayList<>();
  private Optional<String> stoppedBy = Optional.empty();

  PlanBuilder(ModelShape model) {
    this.model = model;
  }

  /// Ends the request.
  void stop(String rule) {
    stoppedBy = Optional.of(rule);
  }

  /// Notes what a rule would do that only shadows.
  void shadow(Shadow shadow) {
    shadows.add(shadow);
  }

  /// Adds one intervention of a rule.
  void add(String rule, Action.Intervention action, List<Code> codes) {
    for (Code code : codes) {
      int site = model.indexOf(code.site()).orElseThrow();
      demands.computeIfAbsent(site, _ -> new SiteDemand()).add(new Wish(code, rule, action));
    }
  }

  InterventionPlan build() {
    SitePlan[] sites = new SitePlan[demands.isEmpty() ? 0 : 1 + demands.lastKey()];
    demands.forEach((site, demand) -> sites[site] = settle(model.sites().get(site), demand));
    return new InterventionPlan(sites, conflicts, stoppedBy, shadows);
  }

  private SitePlan settle(SiteShape site, SiteDemand demand) {
    return new SitePlan(
        sorted(limited(demand.bans, site.codes() - site.activeCodes())),
        sorted(limited(demand.ablations, Integer.MAX_VALUE)),
        writes(site, demand.activations),
        entries(limited(demand.appends, RuleLimits.APPENDS)));
  }

  /// Each code once, credited to its last rule; beyond `limit`, the first ones give way.
  private List<Wish> limited(List<Wish> wishes, int limit) {
    List<Wish> kept = new ArrayList<>();
    Set<Integer> codes = new HashSet<>();
    for (Wish wish : wishes.reversed()) {
      if (codes.contains(wish.code().id())) {
        continue;
      }
      if (kept.size() < limit) {
        kept.add(wish);
        codes.add(wish.code().id());
      } else {
        conflict(wish, kept);
      }
    }
    return kept.reversed();
  }

  private Entry[] writes(SiteShape site, List<Wish> activations) {
    int slots = site.activeCodes();
    Wish[] owners = new Wish[slots];
    int start = 0;
    for (int i = 0; i < activations.size(); i++) {
      if (activations.get(i).slots() instanceof Action.Slots.All) {
        start = i;
      }
    }
    List<Wish> effective = activations.subList(start, activations.size());
    Wish all = null;
    if (!effective.isEmpty() && effective.getFirst().slots() instanceof Action.Slots.All) {
      all = effective.getFirst();
      for (Wish wish : activations.subList(0, start)) {
        conflict(wish, List.of(all));
      }
    }
    for (Wish wish : effective) {
      if (wish.slots() instanceof Action.Slots.At(int slot) && slot < slots) {
        if (owners[slot] != null) {
          conflict(owners[slot], List.of(wish));
        }
        owners[slot] = wish;
      }
    }
    placeLeastSimilar(effective, owners);
    List<Entry> entries = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      Wish owner = owners[slot] == null ? all : owners[slot];
      if (owner != null) {
        entries.add(new Entry(owner.code().id(), slot, owner.rule()));
      }
    }
    return entries.toArray(new Entry[0]);
  }

  private void placeLeastSimilar(List<Wish> effective, Wish[] owners) {
    List<Wish> wishes = new ArrayList<>();
    for (Wish wish : effective) {
      if (wish.slots() instanceof Action.Slots.LeastSimilar) {
        wishes.removeIf(other -> other.code().equals(wish.code()));
        wishes.add(wish);
      }
    }
    List<Wish> taken = Arrays.stream(owners).filter(Objects::nonNull).toList();
    int tooMany = Math.max(0, wishes.size() - (owners.length - taken.size()));
    List<Wish> kept = new ArrayList<>(wishes.subList(tooMany, wishes.size()));
    kept.addAll(taken);
    for (Wish wish : wishes.subList(0, tooMany)) {
      conflict(wish, kept);
    }
    int slot = owners.length - 1;
    for (Wish wish : wishes.subList(tooMany, wishes.size())) {
      while (owners[slot] != null) {
        slot--;
      }
      owners[slot] = wish;
    }
  }

  /// Names the first of the winners that is another rule's; a rule does not conflict with itself.
  private void conflict(Wish loser, List<Wish> winners) {
    winners.stream()
        .map(Wish::rule)
        .filter(rule -> !rule.equals(loser.rule()))
        .findFirst()
        .ifPresent(rule -> conflicts.add(new SlotConflict(loser.code(), loser.rule(), rule)));
  }

  private static Entry[] sorted(List<Wish> wishes) {
    return wishes.stream()
        .sorted(Comparator.comparingInt(wish -> wish.code().id()))
        .map(wish -> new Entry(wish.code().id(), -1, wish.rule()))
        .toArray(Entry[]::new);
  }

  private static Entry[] entries(List<Wish> wishes) {
    return wishes.stream()
        .map(wish -> new Entry(wish.code().id(), -1, wish.rule()))
        .toArray(Entry[]::new);
  }

  /// What the acting rules ask of one site, in ascending order of precedence.
  private static final class SiteDemand {
    private final List<Wish> bans = new ArrayList<>();
    private final List<Wish> ablations = new ArrayList<>();
    private final List<Wish> activations = new ArrayList<>();
    private final List<Wish> appends = new ArrayList<>();

    void add(Wish wish) {
      switch (wish.action()) {
        case Action.Ban _ -> bans.add(wish);
        case Action.Ablate _ -> ablations.add(wish);
        case Action.Activate _ -> activations.add(wish);
        case Action.Append _ -> appends.add(wish);
      }
    }
  }

  /// One code of one action.
  private record Wish(Code code, String rule, Action.Intervention action) {
    Action.Slots slots() {
      return action instanceof Action.Activate activate ? activate.slots() : null;
    }
  }
}
