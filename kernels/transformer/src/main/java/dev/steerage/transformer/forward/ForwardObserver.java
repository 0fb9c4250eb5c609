package dev.steerage.transformer.forward;

import java.lang.foreign.MemorySegment;

/// Sees what passes through a forward, for measurements of a model and for tests. Memory is valid
/// during the call only, and nobody may write to it, except that experiments may change what a
/// codebook put out: they edit activations to compare that with codes.
public interface ForwardObserver {
  /// Looks at nothing.
  ForwardObserver NONE = new ForwardObserver() {};

  /// The residual stream `[rows, width]` after a block.
  default void afterBlock(int layer, MemorySegment x) {}

  /// The MLP `[rows, inner]` after its activation function, before any codebook there.
  default void neurons(int layer, MemorySegment inner) {}

  /// A codebook's input, layer-normalised `[rows, site width]`, and what it put in its place.
  /// Called by several threads at a time, for other sites or other rows.
  ///
  /// @param row first row
  /// @param out row r of the output is at element `outAt + r * outStride`
  default void snapped(
      int site,
      int row,
      int rows,
      MemorySegment normed,
      MemorySegment out,
      long outAt,
      int outStride) {}
}
