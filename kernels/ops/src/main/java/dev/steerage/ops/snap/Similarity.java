package dev.steerage.ops.snap;

/// How a codebook ranks its codes against an activation.
public enum Similarity {
  /// u . c / |c|: cosine ranking, as all published models do.
  INNER_PRODUCT,
  /// Smallest distance |u - c| first.
  EUCLIDEAN
}
