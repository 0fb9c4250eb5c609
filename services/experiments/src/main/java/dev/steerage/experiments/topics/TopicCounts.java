package dev.steerage.experiments.topics;

import dev.steerage.transformer.CodebookSite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a model did on stories with a topic and on stories without it: how often each code fired,
/// and the mean output of every site.
final class TopicCounts {
  /// Keeps the score of codes that hardly ever fire from growing beyond all bounds.
  private static final double SMALL_RATE = 0.002;

  private final List<CodebookSite> sites;
  private final long[] positions = new long[2];
  private final long[][][] fired; // [with, without][site][code]
  private final double[][][] outputs; // [with, without][site][component]

  TopicCounts(List<CodebookSite> sites) {
    this.sites = sites;
    fired = new long[2][sites.size()][];
    outputs = new double[2][sites.size()][];
    for (int part = 0; part < 2; part++) {
      for (CodebookSite site : sites) {
        fired[part][site.index()] = new long[site.codes()];
        outputs[part][site.index()] = new double[site.width()];
      }
    }
  }

  /// A code and how much it speaks for the topic.
  record Scored(int site, int code, double score) {}

  /// Adds one story.
  void add(boolean hasTopic, StoryReading story) {
    int part = hasTopic ? 0 : 1;
    positions[part] += story.positions();
    for (CodebookSite site : sites) {
      int s = site.index();
      for (int code : story.fired(s)) {
        fired[part][s][code]++;
      }
      for (int i = 0; i < site.width(); i++) {
        outputs[part][s][i] += story.output(s)[i];
      }
    }
  }

  /// Codes by score, at most `perSite` of a site, of the `most` sites whose best code scores
  /// highest.
  List<Scored> best(int most, int perSite) {
    List<Scored> all = new ArrayList<>();
    for (CodebookSite site : sites) {
      for (int code = 0; code < site.codes(); code++) {
        if (fired[0][site.index()][code] > 0) {
          all.add(new Scored(site.index(), code, score(site.index(), code)));
        }
      }
    }
    all.sort(
        Comparator.comparingDouble(Scored::score)
            .reversed()
            .thenComparingInt(Scored::site)
            .thenComparingInt(Scored::code));
    Set<Integer> taken = new HashSet<>();
    int[] count = new int[sites.size()];
    List<Scored> best = new ArrayList<>();
    for (Scored each : all) {
      if (!taken.contains(each.site()) && taken.size() == most) {
        continue;
      }
      taken.add(each.site());
      if (count[each.site()]++ < perSite) {
        best.add(each);
      }
    }
    return best;
  }

  private double score(int site, int code) {
    double with = (double) fired[0][site][code] / Math.max(1, positions[0]);
    double without = (double) fired[1][site][code] / Math.max(1, positions[1]);
    return (with - without) / Math.sqrt((with + without) / 2 + SMALL_RATE);
  }

  /// Mean output with the topic minus that without it, by site: the contrastive direction.
  double[][] direction() {
    double[][] direction = new double[sites.size()][];
    for (CodebookSite site : sites) {
      int s = site.index();
      direction[s] = new double[site.width()];
      for (int i = 0; i < site.width(); i++) {
        direction[s][i] =
            outputs[0][s][i] / Math.max(1, positions[0])
                - outputs[1][s][i] / Math.max(1, positions[1]);
      }
    }
    return direction;
  }

  long positionsWith() {
    return positions[0];
  }
}
