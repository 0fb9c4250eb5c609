package dev.steerage.trainer.model;

import java.util.Arrays;
import java.util.Locale;

/// What affine maps and their gradients multiply while a model trains. Parameters, sums, everything
/// else, and every evaluation are float32.
public enum Precision {
  F32,

  /// Factors are rounded to bf16: a numeric class of its own.
  BF16;

  /// @throws IllegalArgumentException saying what there is
  public static Precision of(String word) {
    return Arrays.stream(values())
        .filter(each -> each.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("f32 or bf16"));
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
