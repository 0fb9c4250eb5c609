package dev.steerage.index.about;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.ForwardReader;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SiteGroup;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.schemas.index.AboutCode.Related;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// Codes that fire together with one. Of codes with very many firings an evenly spread sample is
/// looked at, and what it says is scaled up.
final class CoFiring {
  private static final int SAMPLE = 20_000;

  private CoFiring() {}

  static List<Related> of(
      OpenCorpus open, int site, Code code, int most, Function<Code, String> label) {
    long firings = open.firings(site, code.id());
    int step = (int) Math.max(1, firings / SAMPLE);
    List<SiteShape> sites = open.corpus().info().sites();
    int[][] together = new int[sites.size()][];
    for (int i = 0; i < together.length; i++) {
      together[i] = new int[sites.get(i).codes()];
    }
    long sampled = 0;
    for (Segment segment : open.corpus().segments()) {
      int[] positions = segment.postings(site).positions(code.id());
      for (SiteGroup group : segment.groups()) {
        count(segment, group, positions, step, together);
      }
      sampled += (positions.length + step - 1) / step;
    }
    double scale = sampled == 0 ? 0 : (double) firings / sampled;
    List<Related> found = new ArrayList<>();
    for (int other = 0; other < together.length; other++) {
      for (int id = 0; id < together[other].length; id++) {
        int count = together[other][id];
        if (count > 0 && !(other == site && id == code.id())) {
          long both = Math.round(count * scale);
          double phi = phi(both, firings, open.firings(other, id), open.corpus().positions());
          found.add(new Related(new Code(sites.get(other).site(), id), Double.NaN, phi, both, ""));
        }
      }
    }
    found.sort(Comparator.comparingDouble(Related::phi).reversed());
    return found.stream()
        .limit(most)
        .map(
            each ->
                new Related(
                    each.code(), Double.NaN, each.phi(), each.together(), label.apply(each.code())))
        .toList();
  }

  private static void count(
      Segment segment, SiteGroup group, int[] positions, int step, int[][] together) {
    ForwardReader.Cursor cursor = segment.forward(group.number()).cursor();
    for (int i = 0; i < positions.length; i += step) {
      int at = cursor.seek(positions[i]);
      for (int site = 0; site < group.slots().length; site++) {
        for (int slot = 0; slot < group.slots()[site]; slot++) {
          together[group.firstSite() + site][cursor.ids()[at++]]++;
        }
      }
    }
  }

  /// The phi coefficient of two codes.
  ///
  /// @param both positions on which both fire
  /// @param all positions
  static double phi(double both, double left, double right, double all) {
    double spread =
        Math.sqrt(left) * Math.sqrt(right) * Math.sqrt(all - left) * Math.sqrt(all - right);
    return spread == 0 ? 0 : (both * all - left * right) / spread;
  }
}
