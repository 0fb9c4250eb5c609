package dev.steerage.trainer.model;

import java.util.Arrays;

/// What the codes of a placement are made of.
public enum Variant {
  /// Every code is learned by itself.
  FREE("free"),
  /// SimVQ: codes are a frozen random basis times one learned map, so every gradient moves all.
  SIMVQ("simvq"),
  /// VQGAN-LC: the same map over a frozen basis of activations.
  PROJECTED("projected");

  private final String label;

  Variant(String label) {
    this.label = label;
  }

  /// The variant of that name.
  ///
  /// @throws IllegalArgumentException naming the known ones
  public static Variant of(String label) {
    return Arrays.stream(values())
        .filter(value -> value.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "variant: name="
                        + label
                        + ", limit="
                        + Arrays.stream(values()).map(value -> value.label).toList()));
  }

  /// Whether codes are a basis times a map.
  public boolean isProjected() {
    return this == SIMVQ || this == PROJECTED;
  }
}
