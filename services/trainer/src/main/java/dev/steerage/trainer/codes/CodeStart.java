package dev.steerage.trainer.codes;

import java.util.Arrays;

/// How codes begin.
public enum CodeStart {
  /// Standard normal, as the authors have them.
  RANDOM("random"),
  /// Layer-normalised activations of the model as it is.
  SAMPLED("sampled"),
  /// Means of such activations that point the same way.
  KMEANS("kmeans");

  private final String label;

  CodeStart(String label) {
    this.label = label;
  }

  /// The start of that name.
  ///
  /// @throws IllegalArgumentException naming the known ones
  public static CodeStart of(String label) {
    return Arrays.stream(values())
        .filter(value -> value.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "initialise: name=" + label + ", limit=random, sampled, kmeans"));
  }
}
