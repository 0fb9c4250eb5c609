package dev.steerage.transformer.analysis;

import java.util.Arrays;
import java.util.SplittableRandom;

/// How well a score tells two kinds apart.
public final class RocCurve {
  private RocCurve() {}

  /// The chance that something of the kind scores higher than something that is not, ties counted
  /// half; NaN where one kind is missing.
  public static double area(double[] scores, boolean[] isKind) {
    double won = 0;
    long pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (isKind[i] && !isKind[j]) {
          pairs++;
          int order = Double.compare(scores[i], scores[j]);
          won += order > 0 ? 1 : order == 0 ? 0.5 : 0;
        }
      }
    }
    return pairs == 0 ? Double.NaN : won / pairs;
  }

  /// The same for labels dealt at random, as many of the kind: the areas in ascending order.
  public static double[] shuffled(double[] scores, boolean[] isKind, int times, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] labels = isKind.clone();
    double[] areas = new double[times];
    for (int time = 0; time < times; time++) {
      for (int i = labels.length - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        boolean kept = labels[i];
        labels[i] = labels[other];
        labels[other] = kept;
      }
      areas[time] = area(scores, labels);
    }
    Arrays.sort(areas);
    return areas;
  }
}
