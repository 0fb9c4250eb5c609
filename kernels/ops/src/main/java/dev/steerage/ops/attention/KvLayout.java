package dev.steerage.ops.attention;

/// Where a paged cache of keys and values keeps its elements; one layer, both tensors alike in
/// size.
///
/// A block holds [#blockSize] consecutive positions. Inside a block heads come first. Values of a
/// head are `[blockSize, headDim]`. Keys of a head are `[blockSize / 16, headDim, 16]`: sixteen
/// positions side by side, so that their scores are sixteen independent chains and need no
/// horizontal sum. Write through [AttentionKernel#store]; nobody else needs the formulas.
///
/// @param heads attention heads
/// @param headDim elements of one head
/// @param blockSize positions of one block, a multiple of [#TILE]
public record KvLayout(int heads, int headDim, int blockSize) {
  /// Positions that are scored together.
  public static final int TILE = 16;

  public KvLayout {
    if (heads < 1 || headDim < 1) {
      throw new IllegalArgumentException(
          "layout: heads=" + heads + ", headDim=" + headDim + ", limit=1");
    }
    if (blockSize < TILE || blockSize % TILE != 0) {
      throw new IllegalArgumentException(
          "blockSize: value=" + blockSize + ", limit=multiple of " + TILE);
    }
  }

  /// Elements of one block of keys, and of one block of values.
  public long blockElements() {
    return (long) heads * headDim * blockSize;
  }

  /// Element of the keys tensor.
  public long key(int block, int slot, int head, int dim) {
    return block * blockElements()
        + (long) head * headDim * blockSize
        + (long) (slot / TILE) * headDim * TILE
        + (long) dim * TILE
        + slot % TILE;
  }

  /// Element of the values tensor.
  public long value(int block, int slot, int head, int dim) {
    return block * blockElements()
        + (long) head * headDim * blockSize
        + (long) slot * headDim
        + dim;
  }
}
