package dev.steerage.trainer.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// How codes learn, by the authors' names.
///
/// With k active codes and N tokens: the gradient of the task reaches a code as `task`, the pull
/// towards its inputs as `pull`, and the input is drawn to the codes by `commit`.
public enum CodeLoss {
  /// The gradient of the task alone.
  BASE("base"),
  /// Codes are also drawn to their inputs.
  AELOSS("aeloss"),
  /// As aeloss, and inputs are drawn to their codes; that term is a sum over tokens, not a mean.
  FULLAELOSS("fullaeloss"),
  /// As fullaeloss, without the gradient of the task at the codes.
  VQVAE("vqvae");

  private final String label;

  CodeLoss(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /// The loss of that name.
  ///
  /// @throws IllegalArgumentException naming the known ones
  public static CodeLoss of(String label) {
    for (CodeLoss loss : values()) {
      if (loss.label.equals(label)) {
        return loss;
      }
    }
    List<String> known = Arrays.stream(values()).map(CodeLoss::label).collect(Collectors.toList());
    throw new IllegalArgumentException("loss: name=" + label + ", limit=" + known);
  }

  float task(int active) {
    return this == VQVAE ? 0f : 1f / active;
  }

  float pull(int active, long tokens) {
    return this == BASE ? 0f : (float) (2.0 / ((double) tokens * active));
  }

  float commit(double beta) {
    return this == FULLAELOSS || this == VQVAE ? (float) (2 * beta) : 0f;
  }
}
