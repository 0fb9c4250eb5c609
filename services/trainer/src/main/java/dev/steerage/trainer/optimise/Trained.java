package dev.steerage.trainer.optimise;

import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.Parameter.Role;
import java.util.Arrays;
import java.util.function.Predicate;

/// Which parameters are updated.
public enum Trained {
  /// All: what "everything is finetuned" says.
  ALL("all"),
  /// What the authors' optimizer updates once codebooks are at the heads: not the attention, not
  /// the normalisations of vanilla codebooks. For comparison.
  AUTHORS("authors"),
  /// Codebooks only.
  CODEBOOKS("codebooks");

  private final String label;

  Trained(String label) {
    this.label = label;
  }

  /// The choice of that name.
  ///
  /// @throws IllegalArgumentException naming the known ones
  public static Trained of(String label) {
    return Arrays.stream(values())
        .filter(value -> value.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "train: name=" + label + ", limit=all, authors, codebooks"));
  }

  /// Whether a parameter of a model is updated.
  public Predicate<Parameter> in(Blueprint blueprint) {
    boolean derived = blueprint.variant().isProjected();
    return parameter -> trains(parameter, derived);
  }

  /// @param derived whether codes are made of other parameters
  private boolean trains(Parameter parameter, boolean derived) {
    if (parameter.role() == Role.BASIS || derived && parameter.role() == Role.CODES) {
      return false;
    }
    return switch (this) {
      case ALL -> true;
      case AUTHORS -> parameter.trainedByAuthors();
      case CODEBOOKS -> parameter.role().isCodebook();
    };
  }
}
