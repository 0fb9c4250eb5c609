package dev.steerage.experiments.topics;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Turns an arm and a setting into interventions.
final class Steerer {
  private final List<CodebookSite> sites;
  private final List<TopicCounts> topics;
  private final List<TopicCounts> latents;
  private final Autoencoders autoencoders;
  private final SplittableRandom random;

  /// @param topics what was found of each, in codes
  /// @param latents the same in latents
  Steerer(
      List<CodebookSite> sites,
      List<TopicCounts> topics,
      List<TopicCounts> latents,
      Autoencoders autoencoders,
      SplittableRandom random) {
    this.latents = latents;
    this.autoencoders = autoencoders;
    this.sites = sites;
    this.topics = topics;
    this.random = random;
  }

  /// Interventions on codes, and edits of outputs.
  record Plan(Steering steering, ForwardObserver edit) {
    static final Plan NOTHING = new Plan(Steering.NONE, ForwardObserver.NONE);
  }

  Plan plan(int topic, Arm arm, Arm.Setting setting) {
    TopicCounts counts = topics.get(topic);
    return switch (arm) {
      case ONCE -> new Plan(once(counts, setting), ForwardObserver.NONE);
      case ALL_SLOTS -> new Plan(allSlots(counts, setting, false), ForwardObserver.NONE);
      case RANDOM -> new Plan(allSlots(counts, setting, true), ForwardObserver.NONE);
      case OTHER ->
          new Plan(
              allSlots(topics.get((topic + 1) % topics.size()), setting, false),
              ForwardObserver.NONE);
      case AUTOENCODER ->
          new Plan(
              Steering.NONE,
              autoencoders.steer(latents.get(topic).best(setting.sites(), 1), setting.strength()));
      case CONTRASTIVE ->
          new Plan(Steering.NONE, new Addition(sites, counts.direction(), setting.strength()));
    };
  }

  private Steering once(TopicCounts counts, Arm.Setting setting) {
    Map<Integer, SiteSteering.Builder> builders = new HashMap<>();
    Map<Integer, Integer> used = new HashMap<>();
    for (TopicCounts.Scored each : counts.best(setting.sites(), setting.strength())) {
      int slot = used.merge(each.site(), 1, Integer::sum);
      // From the least similar slot up; a site has no more slots than k.
      if (slot <= sites.get(each.site()).activeCodes()) {
        builders
            .computeIfAbsent(each.site(), _ -> SiteSteering.builder())
            .write(each.code(), -slot);
      }
    }
    return steering(builders);
  }

  private Steering allSlots(TopicCounts counts, Arm.Setting setting, boolean isRandom) {
    Map<Integer, SiteSteering.Builder> builders = new HashMap<>();
    for (TopicCounts.Scored each : counts.best(setting.sites(), 1)) {
      int code = isRandom ? random.nextInt(sites.get(each.site()).codes()) : each.code();
      builders.put(each.site(), SiteSteering.builder().write(code, SlotWrite.ALL_SLOTS));
    }
    return steering(builders);
  }

  private Steering steering(Map<Integer, SiteSteering.Builder> builders) {
    Map<Integer, SiteSteering> built = new HashMap<>();
    builders.forEach((site, builder) -> built.put(site, builder.build()));
    return Steering.of(built, sites.size());
  }

  /// Adds a multiple of a direction to the outputs of all sites, at every position.
  private static final class Addition implements ForwardObserver {
    private final float[][] added;

    Addition(List<CodebookSite> sites, double[][] direction, double times) {
      added = new float[sites.size()][];
      for (CodebookSite site : sites) {
        added[site.index()] = new float[site.width()];
        for (int i = 0; i < site.width(); i++) {
          added[site.index()][i] = (float) (times * direction[site.index()][i]);
        }
      }
    }

    @Override
    public void snapped(
        int site,
        int row,
        int rows,
        MemorySegment normed,
        MemorySegment out,
        long outAt,
        int outStride) {
      for (int r = 0; r < rows; r++) {
        long at = outAt + (long) r * outStride;
        for (int i = 0; i < added[site].length; i++) {
          Floats.set(out, at + i, Floats.get(out, at + i) + added[site][i]);
        }
      }
    }
  }
}
