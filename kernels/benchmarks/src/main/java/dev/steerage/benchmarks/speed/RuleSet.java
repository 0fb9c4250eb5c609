package dev.steerage.benchmarks.speed;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.Forward;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// One request's rules: eight activations over four sites and 64 bans always, one more activation
/// while a code fired within the last eight tokens.
final class RuleSet {
  private static final int SITES = 4;
  private static final int WRITES_PER_SITE = 2;
  private static final int BANS_PER_SITE = 16;
  private static final int WITHIN = 8;

  private final Steering always;
  private final Steering fired;
  private final CodebookSite watched;
  private int since = WITHIN;

  private RuleSet(Steering always, Steering fired, CodebookSite watched) {
    this.always = always;
    this.fired = fired;
    this.watched = watched;
  }

  static RuleSet random(List<CodebookSite> sites, SplittableRandom random) {
    Map<Integer, SiteSteering> base = new HashMap<>();
    Map<Integer, SiteSteering> more = new HashMap<>();
    while (base.size() < SITES) {
      CodebookSite site = sites.get(random.nextInt(sites.size()));
      SiteSteering.Builder builder = SiteSteering.builder();
      random.ints(BANS_PER_SITE, 0, site.codes()).forEach(builder::ban);
      for (int slot = 1; slot <= WRITES_PER_SITE; slot++) {
        builder.write(random.nextInt(site.codes()), -slot);
      }
      base.put(site.index(), builder.build());
      more.put(site.index(), builder.write(random.nextInt(site.codes()), 0).build());
    }
    CodebookSite watched = sites.get(random.nextInt(sites.size()));
    return new RuleSet(Steering.of(base, sites.size()), Steering.of(more, sites.size()), watched);
  }

  /// The interventions of the next token, after a look at the codes of the last one. Any code of
  /// the lowest sixteenth counts as fired: with random weights a single one would hardly come by.
  Steering next(Forward forward, int row) {
    since++;
    for (int slot = 0; slot < watched.activeCodes(); slot++) {
      if (forward.natural(row, watched.index(), slot) < watched.codes() / 16) {
        since = 0;
      }
    }
    return since < WITHIN ? fired : always;
  }
}
