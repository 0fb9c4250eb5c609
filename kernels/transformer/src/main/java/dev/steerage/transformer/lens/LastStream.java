package dev.steerage.transformer.lens;

import dev.steerage.transformer.forward.ForwardObserver;
import java.lang.foreign.MemorySegment;

/// Keeps one row of the residual stream after the last block.
///
/// @param into its only element becomes the row
record LastStream(int layers, int row, int width, float[][] into) implements ForwardObserver {
  @Override
  public void afterBlock(int layer, MemorySegment x) {
    if (layer == layers - 1) {
      into[0] = ResidualMap.floats(x, (long) row * width, width);
    }
  }
}
