package dev.steerage.transformer.forward;

/// Makes the forward of a batch.
public interface ForwardSource {
  /// @param capacity most rows of one forward
  /// @param logitsCapacity most rows of one forward that want logits
  /// @param pages size of the cache of keys and values, in pages of [ForwardPass#pageSize]
  /// @param pageTable page numbers of all sequences; read at every run
  Forward forward(int capacity, int logitsCapacity, int pages, int[] pageTable);
}
