package dev.steerage.transformer.cuda;

/// Which variant of the bf16 product makes a shape for a number of rows: the one whose busiest
/// multiprocessor fetches the fewest bytes of weights and rows. All give the same bits.
///
/// Arithmetic, not a measurement: no variant has been timed on a device.
///
/// @param variant names the kernel
/// @param blocksOfOutputs, blocksOfRows the grid
record LinearShape(String variant, int blocksOfOutputs, int blocksOfRows) {
  private static final int TILE = 16;

  /// @param rows that a block makes
  /// @param tiles of sixteen outputs that it makes
  private record Variant(String name, int rows, int tiles) {}

  private static final Variant[] VARIANTS = {
    new Variant("n8", 8, 1),
    new Variant("n16", 16, 1),
    new Variant("n32", 32, 1),
    new Variant("n32_m2", 32, 2),
    new Variant("n32_m4", 32, 4)
  };

  static LinearShape of(int multiprocessors, int out, int rows) {
    LinearShape best = null;
    long least = Long.MAX_VALUE;
    for (Variant variant : VARIANTS) {
      if (best != null && variant.rows >= 2 * rows) {
        continue; // More than half of its tiles would be empty.
      }
      int outputs = DeviceShapes.over(out, TILE * variant.tiles);
      int groups = DeviceShapes.over(rows, variant.rows);
      long perInput =
          (long) Math.min(rows, variant.rows) * Float.BYTES
              + (long) TILE * variant.tiles * Short.BYTES;
      long bytes = DeviceShapes.over(outputs * groups, multiprocessors) * perInput;
      if (bytes < least) {
        least = bytes;
        best = new LinearShape(variant.name, outputs, groups);
      }
    }
    return best;
  }
}
