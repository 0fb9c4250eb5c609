package dev.steerage.trainer.model;

import java.util.List;
import java.util.function.Predicate;

/// Which gradients a backward pass makes: a weight that stays as it is needs none, and below the
/// lowest layer with something that changes there is nothing to do.
///
/// @param parameters that change; gradients of the other maps stay 0
/// @param lowestLayer with one of them; [#EMBEDDINGS] if they are below it
public record Wanted(Predicate<Parameter> parameters, int lowestLayer) {
  private static final int EMBEDDINGS = -1;

  /// Everything.
  static final Wanted ALL = new Wanted(_ -> true, EMBEDDINGS);

  /// Some parameters of a model.
  public static Wanted of(Blueprint blueprint, Predicate<Parameter> parameters) {
    int lowest =
        blueprint.plan().all().stream()
            .filter(parameters)
            .mapToInt(parameter -> layer(blueprint, parameter))
            .min()
            .orElse(blueprint.blocks().size());
    return new Wanted(parameters, lowest);
  }

  boolean embeddings() {
    return lowestLayer == EMBEDDINGS;
  }

  boolean has(LinearMap map) {
    return parameters.test(map.weight());
  }

  /// Parameters lie in the order of the layers; what comes after the last one belongs above it.
  private static int layer(Blueprint blueprint, Parameter parameter) {
    List<BlockMap> blocks = blueprint.blocks();
    if (parameter.offset() >= blueprint.last().gain().offset()) {
      return blocks.size();
    }
    int layer = blocks.size() - 1;
    while (layer >= 0 && parameter.offset() < blocks.get(layer).beforeAttention().gain().offset()) {
      layer--;
    }
    return layer;
  }
}
