package dev.steerage.trainer.codes;

import dev.steerage.ops.Floats;
import dev.steerage.trainer.data.Randomness;
import dev.steerage.trainer.data.Randomness.Purpose;
import dev.steerage.trainer.model.Activations;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.Usage;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Gives codes that were not chosen for some steps another value: an activation of now, plus a
/// little noise. The optimizer's memory of such a code is cleared, which the authors forget.
public final class DeadCodes {
  private final Blueprint blueprint;
  private final long seed;

  public DeadCodes(Blueprint blueprint, long seed) {
    this.blueprint = blueprint;
    this.seed = seed;
  }

  /// @param usage since the last replacement
  /// @param share most of a site's codes that are replaced at once: what comes after the codebook
  ///   has to get used to new codes
  /// @param noise standard deviation of the noise over the norm of the activation
  /// @param step that draws depend on
  /// @return codes replaced
  public int replace(
      Usage usage,
      Activations activations,
      double share,
      double noise,
      long step,
      MemorySegment parameters,
      MemorySegment... moments) {
    int replaced = 0;
    for (int site = 0; site < usage.sites(); site++) {
      SplittableRandom random = Randomness.of(seed, Purpose.REPLACE, step * usage.sites() + site);
      long[] counts = usage.of(site);
      int left = (int) Math.ceil(share * counts.length);
      // From a random code on, so that low ids are not preferred.
      int first = random.nextInt(counts.length);
      for (int i = 0; i < counts.length && left > 0; i++) {
        int code = (first + i) % counts.length;
        if (counts[code] == 0) {
          left--;
          activations.copy(site, random.nextInt(activations.rows()), parameters, code);
          change(site, code, noise, random, parameters, moments);
          replaced++;
        }
      }
    }
    return replaced;
  }

  private void change(
      int site,
      int code,
      double noise,
      SplittableRandom random,
      MemorySegment parameters,
      MemorySegment... moments) {
    Parameter codes = blueprint.codes(site);
    int width = codes.shape()[1];
    long from = codes.offset() + (long) code * width;
    double squares = 0;
    for (int i = 0; i < width; i++) {
      double value = Floats.get(parameters, from + i);
      squares += value * value;
    }
    double deviation = noise * Math.sqrt(squares);
    for (int i = 0; i < width; i++) {
      double value = Floats.get(parameters, from + i) + deviation * Randomness.normal(random);
      Floats.set(parameters, from + i, (float) value);
      for (MemorySegment moment : moments) {
        Floats.set(moment, from + i, 0f);
      }
    }
  }
}
