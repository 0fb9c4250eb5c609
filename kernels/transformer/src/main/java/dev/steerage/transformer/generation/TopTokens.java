package dev.steerage.transformer.generation;

/// The likeliest tokens of the last choice.
final class TopTokens implements TopLogprobs {
  private final int[] tokens = new int[GenerationRequest.MAX_TOP_LOGPROBS];
  private final float[] logprobs = new float[GenerationRequest.MAX_TOP_LOGPROBS];
  private int count;

  void fill(LogitHeap heap, float[] logits, double normalizer, int wanted) {
    count = wanted;
    if (wanted == 0) {
      return;
    }
    heap.build(logits);
    for (int i = 0; i < wanted; i++) {
      tokens[i] = heap.pop();
      logprobs[i] = (float) (logits[tokens[i]] - normalizer);
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int token(int i) {
    return tokens[i];
  }

  @Override
  public float logprob(int i) {
    return logprobs[i];
  }
}
