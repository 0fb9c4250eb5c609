package dev.steerage.ops.snap;

/// The codes of one codebook in the layout of the backend that packed them; immutable.
public interface PackedCodebook {
  /// Number of codes, C.
  int codes();

  /// Elements of one code, d.
  int width();

  Similarity similarity();
}
