package dev.steerage.experiments.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/// The interval of a difference of shares between two arms that had the same prompts and seeds:
/// whole prompts are drawn again.
public final class PairedBootstrap {
  private PairedBootstrap() {}

  /// Mean and 2.5 and 97.5 % points.
  public record Interval(double mean, double low, double high) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%+.3f (%+.3f to %+.3f)", mean, low, high);
    }
  }

  /// @param one by prompt, then seed
  /// @param two in the same order
  /// @param seeds of a prompt
  public static Interval of(boolean[] one, boolean[] two, int seeds, int resamples, long seed) {
    int prompts = one.length / seeds;
    double[] differences = new double[prompts];
    double mean = 0;
    for (int i = 0; i < prompts * seeds; i++) {
      double difference = (one[i] ? 1.0 : 0) - (two[i] ? 1.0 : 0);
      differences[i / seeds] += difference / seeds;
      mean += difference / (prompts * seeds);
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      double sum = 0;
      for (int i = 0; i < prompts; i++) {
        sum += differences[random.nextInt(prompts)];
      }
      means[r] = sum / prompts;
    }
    Arrays.sort(means);
    return new Interval(
        mean, means[(int) (0.025 * resamples)], means[(int) (0.975 * (resamples - 1))]);
  }
}
