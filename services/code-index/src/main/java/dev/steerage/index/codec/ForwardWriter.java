package dev.steerage.index.codec;

/// Codes of every position, for some sites together: blocks of a few positions, each decoded by
/// itself.
///
/// Bytes: positions, ids per position, positions per block, model per site; then the word offset of
/// each block and of the end, four bytes each; then the blocks.
public final class ForwardWriter {
  static final int MODEL_BITS = 16;

  /// Ids of one block, about: more make a smaller file, fewer a faster look-up.
  static final int BLOCK_IDS = 512;

  private ForwardWriter() {}

  /// Positions in a block.
  static int positionsPerBlock(int idsPerPosition) {
    return Math.max(1, (BLOCK_IDS + idsPerPosition - 1) / idsPerPosition);
  }

  /// @param ids `[positions][sites][slots]`, as many slots as each site has
  /// @param slots of each site
  /// @param codes of each site
  public static void write(char[] ids, int positions, int[] slots, int[] codes, Output to) {
    int perPosition = 0;
    for (int each : slots) {
      perPosition += each;
    }
    SymbolModel[] models = models(ids, positions, slots, codes, perPosition);
    int perBlock = positionsPerBlock(perPosition);
    to.i32(positions);
    to.i32(perPosition);
    to.i32(perBlock);
    to.i32(slots.length);
    for (int site = 0; site < slots.length; site++) {
      to.varint(slots[site]);
      ModelText.write(models[site], to);
    }
    to.align(4);
    int blocks = (positions + perBlock - 1) / perBlock;
    int directory = to.size();
    for (int i = 0; i <= blocks; i++) {
      to.i32(0);
    }
    SymbolModel[] modelOf = perId(models, slots, perPosition);
    int data = to.size();
    var encoder = new RansEncoder();
    for (int block = 0; block < blocks; block++) {
      to.setI32(directory + 4 * block, (to.size() - data) / 2);
      encoder.reset();
      int from = block * perBlock * perPosition;
      int end = Math.min(positions, (block + 1) * perBlock) * perPosition;
      for (int i = end - 1; i >= from; i--) {
        int place = (i - from) % perPosition;
        encoder.push(modelOf[place], ids[i], i - from & RansEncoder.STATES - 1);
      }
      encoder.finish(to);
    }
    to.setI32(directory + 4 * blocks, (to.size() - data) / 2);
  }

  private static SymbolModel[] models(
      char[] ids, int positions, int[] slots, int[] codes, int perPosition) {
    SymbolModel[] models = new SymbolModel[slots.length];
    int place = 0;
    for (int site = 0; site < slots.length; site++) {
      int[] counts = new int[codes[site]];
      for (int p = 0; p < positions; p++) {
        for (int slot = 0; slot < slots[site]; slot++) {
          counts[ids[p * perPosition + place + slot]]++;
        }
      }
      place += slots[site];
      models[site] = SymbolModel.of(counts, MODEL_BITS);
    }
    return models;
  }

  static SymbolModel[] perId(SymbolModel[] models, int[] slots, int perPosition) {
    SymbolModel[] modelOf = new SymbolModel[perPosition];
    int place = 0;
    for (int site = 0; site < slots.length; site++) {
      for (int slot = 0; slot < slots[site]; slot++) {
        modelOf[place++] = models[site];
      }
    }
    return modelOf;
  }
}
