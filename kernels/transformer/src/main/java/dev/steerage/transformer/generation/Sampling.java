package dev.steerage.transformer.generation;

/// How the next token is chosen. Random draws are a function of (seed, token index) only.
///
/// @param temperature 0 = greedy (lowest id wins ties); otherwise logits are divided by it
/// @param topK only the k likeliest tokens; 0 = all
/// @param topP the smallest set of likeliest tokens that reaches this mass; 1 = all
/// @param repetitionPenalty divides positive and multiplies negative logits of tokens that the
///   prompt or the generated text holds; 1 = off
public record Sampling(
    float temperature, int topK, float topP, float repetitionPenalty, long seed) {
  public Sampling {
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new IllegalArgumentException("sampling: temperature=" + temperature + ", limit=0..");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("sampling: topK=" + topK + ", limit=0..");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("sampling: topP=" + topP + ", limit=(0, 1]");
    }
    if (!(repetitionPenalty > 0) || Float.isInfinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "sampling: repetitionPenalty=" + repetitionPenalty + ", limit=(0, ..)");
    }
  }

  /// Whether it always takes the likeliest token.
  boolean isBest() {
    return temperature == 0f && repetitionPenalty == 1f;
  }

  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 1, 0);
  }

  public static Sampling temperature(float temperature, long seed) {
    return new Sampling(temperature, 0, 1, 1, seed);
  }
}
