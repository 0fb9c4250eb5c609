package dev.steerage.transformer.forward;

import java.lang.foreign.MemorySegment;

/// Sees the residual stream between blocks.
interface BlockObserver {
  void afterBlock(int layer, MemorySegment x);
}
