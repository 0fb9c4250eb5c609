package dev.steerage.trainer.optimise;

import dev.steerage.ops.Floats;
import dev.steerage.trainer.data.Randomness;
import dev.steerage.trainer.data.Randomness.Purpose;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;

/// What parameters are before anything is learned: weights and embeddings normal with standard
/// deviation 0.02, biases 0, gains 1; codes standard normal, as the authors have them.
public final class Beginning {
  private static final double DEVIATION = 0.02;

  private Beginning() {}

  /// Fills the given parameters; the others keep their values.
  public static void fill(
      MemorySegment parameters, Blueprint blueprint, List<Parameter> which, long seed) {
    List<Parameter> all = blueprint.plan().all();
    for (int number = 0; number < all.size(); number++) {
      Parameter parameter = all.get(number);
      if (which.contains(parameter)) {
        fill(parameters, parameter, Randomness.of(seed, Purpose.WEIGHTS, number));
      }
    }
  }

  private static void fill(MemorySegment parameters, Parameter parameter, SplittableRandom random) {
    for (long i = 0; i < parameter.count(); i++) {
      double value =
          switch (parameter.role()) {
            case WEIGHT, EMBEDDING -> DEVIATION * Randomness.normal(random);
            case CODES -> Randomness.normal(random);
            case BASIS -> Randomness.normal(random) / Math.sqrt(parameter.shape()[1]);
            // The identity: codes begin as the basis.
            case PROJECTOR -> i / parameter.shape()[1] == i % parameter.shape()[1] ? 1 : 0;
            case BIAS, CODE_BIAS -> 0;
            case GAIN, CODE_GAIN -> 1;
          };
      Floats.set(parameters, parameter.offset() + i, (float) value);
    }
  }
}
