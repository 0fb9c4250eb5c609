package dev.steerage.worker.benchmark;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Made-up rules of one request, different for every seed.
final class RuleSets {
  private static final int ACTIVATIONS = 8;
  private static final int ACTIVATED_SITES = 4;
  private static final int BANS = 64;
  private static final int BANNED_SITES = 4;
  private static final int CONDITION_CODES = 64;
  private static final int WITHIN = 8;

  private RuleSets() {}

  /// At every position: 8 activations over 4 sites or more, 64 bans over 4 sites, and one further
  /// activation while codes fired lately.
  static List<Rule> of(int seed, ModelShape model) {
    SplittableRandom random = new SplittableRandom(seed);
    List<SiteShape> sites = shuffled(model.sites(), random);
    return List.of(
        rule(
            "push",
            model,
            When.ALWAYS,
            new Action.Activate(activations(sites, random), new Action.Slots.LeastSimilar()),
            new Action.Ban(bans(sites.reversed(), random))),
        rule(
            "echo",
            model,
            new When(
                When.Phase.ANY,
                Optional.empty(),
                false,
                List.of(),
                Optional.of(new When.Fired(codes(sites.get(1), CONDITION_CODES, random), WITHIN))),
            new Action.Activate(codes(sites.get(0), 1, random), new Action.Slots.LeastSimilar())));
  }

  private static Rule rule(String id, ModelShape model, When when, Action... actions) {
    return new Rule(id, model.model(), 0, Match.ALL, when, List.of(actions), Until.NEVER, "bench");
  }

  /// One to two per site, so that none is refused and the echo finds room.
  private static CodeSelection activations(List<SiteShape> sites, SplittableRandom random) {
    List<Code> codes = new ArrayList<>();
    int most = ACTIVATIONS / ACTIVATED_SITES;
    for (int i = 1; codes.size() < ACTIVATIONS; i++) {
      SiteShape site = sites.get(i);
      codes.addAll(some(site, Math.min(most, site.activeCodes()), random));
    }
    return new CodeSelection.Codes(codes);
  }

  private static CodeSelection bans(List<SiteShape> sites, SplittableRandom random) {
    List<Code> codes = new ArrayList<>();
    for (SiteShape site : sites.subList(0, BANNED_SITES)) {
      codes.addAll(some(site, BANS / BANNED_SITES, random));
    }
    return new CodeSelection.Codes(codes);
  }

  private static CodeSelection codes(SiteShape site, int count, SplittableRandom random) {
    return new CodeSelection.Codes(some(site, count, random));
  }

  private static List<Code> some(SiteShape site, int count, SplittableRandom random) {
    TreeSet<Integer> ids = new TreeSet<>();
    while (ids.size() < count) {
      ids.add(random.nextInt(site.codes()));
    }
    return ids.stream().map(id -> new Code(site.site(), id)).toList();
  }

  private static List<SiteShape> shuffled(List<SiteShape> sites, SplittableRandom random) {
    List<SiteShape> all = new ArrayList<>(sites);
    for (int i = all.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      SiteShape moved = all.get(i);
      all.set(i, all.get(j));
      all.set(j, moved);
    }
    return all;
  }
}
