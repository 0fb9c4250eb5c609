package dev.steerage.trainer.codes;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.trainer.data.Randomness;
import dev.steerage.trainer.data.Randomness.Purpose;
import dev.steerage.trainer.model.Activations;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.Placement;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Gives codes their first values from activations, site by site.
public final class CodeInitialisation {
  private final Backend backend;
  private final Team team;
  private final long seed;

  public CodeInitialisation(Backend backend, Team team, long seed) {
    this.backend = backend;
    this.team = team;
    this.seed = seed;
  }

  /// Codes become activations, drawn without replacement while there are enough.
  public void sample(Blueprint blueprint, Activations activations, MemorySegment parameters) {
    team.each(
        blueprint.sites().size(),
        (site, worker) -> {
          SplittableRandom random = Randomness.of(seed, Purpose.CODES, site);
          int[] rows = shuffled(activations.rows(), random);
          int codes = blueprint.siteType(site).codes();
          for (int code = 0; code < codes; code++) {
            activations.copy(site, rows[code % rows.length], parameters, code);
          }
        });
  }

  /// From sampled codes, every code becomes the mean of the activations that chose it, some rounds
  /// long; a code that nobody chose becomes another activation.
  public void cluster(
      Blueprint blueprint, Activations activations, MemorySegment parameters, int rounds) {
    sample(blueprint, activations, parameters);
    team.each(
        blueprint.sites().size(),
        (site, worker) -> {
          for (int round = 0; round < rounds; round++) {
            round(blueprint, activations, parameters, site, round);
          }
        });
  }

  private void round(
      Blueprint blueprint, Activations activations, MemorySegment parameters, int site, int round) {
    Placement placement = blueprint.siteType(site);
    int codes = placement.codes();
    int width = placement.width();
    int rows = activations.rows();
    MemorySegment x = activations.of(site);
    Parameter parameter = blueprint.codes(site);
    int[] ids = new int[rows];
    int[] depth = new int[rows];
    Arrays.fill(depth, 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values =
          parameters.asSlice(parameter.offset() * Float.BYTES, parameter.count() * Float.BYTES);
      Similarity similarity = placement.similarity();
      PackedCodebook packed = backend.snap().pack(values, codes, width, similarity, arena);
      backend.snap().scan(packed, x, 0, width, rows, depth, ids, 0, 1);
    }
    double[] sums = new double[codes * width];
    int[] counts = new int[codes];
    for (int r = 0; r < rows; r++) {
      counts[ids[r]]++;
      for (int i = 0; i < width; i++) {
        sums[ids[r] * width + i] += Floats.get(x, (long) r * width + i);
      }
    }
    SplittableRandom random = Randomness.of(seed, Purpose.SAMPLE, (long) site << 32 | round);
    for (int code = 0; code < codes; code++) {
      if (counts[code] == 0) {
        activations.copy(site, random.nextInt(rows), parameters, code);
        continue;
      }
      for (int i = 0; i < width; i++) {
        float mean = (float) (sums[code * width + i] / counts[code]);
        Floats.set(parameters, parameter.offset() + (long) code * width + i, mean);
      }
    }
  }

  private static int[] shuffled(int count, SplittableRandom random) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = swap;
    }
    return numbers;
  }
}
