package dev.steerage.transformer.forward;

/// Where queries, keys and values of a head lie in a row of the fused projection, in elements. The
/// query of head n is at `n * headStride`.
public record QkvLayout(int keyOffset, int valueOffset, int headStride) {
  /// `[head][q | k | v][headDim]`, as GPT-NeoX stores it.
  public static QkvLayout interleaved(int headDim) {
    return new QkvLayout(headDim, 2 * headDim, 3 * headDim);
  }

  /// `[q | k | v][head][headDim]`, as GPT-2 stores it.
  public static QkvLayout separate(int headDim, int width) {
    return new QkvLayout(width, 2 * width, headDim);
  }
}
