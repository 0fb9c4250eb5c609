package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;

/// How a scan of a group of codebooks is cut: rows that one block of threads takes together, and
/// parts of a codebook. Neither changes an id.
///
/// @param rows 8, 16, 32 or 64: names the kernel's variant
/// @param splits parts of a codebook
/// @param sharedBytes of one block
record ScanShape(int rows, int splits, int sharedBytes) {
  private static final int[] VARIANTS = {8, 16, 32, 64};

  /// Wider codes leave no room for more rows.
  private static final int WIDE = 256;

  private static final int ROWS_OF_WIDE = 32;
  private static final int SPLITS_MAX = 128;

  /// Left for what the kernel declares by itself.
  private static final int STATIC_BYTES = 4 << 10;

  /// A part has at least this many codes.
  private static final int CODES_MIN = 128;

  static ScanShape of(CudaDevice device, DeviceCodebooks codebooks, int bucket) {
    int width = codebooks.group().width();
    int most = width > WIDE ? ROWS_OF_WIDE : VARIANTS[VARIANTS.length - 1];
    int rows = VARIANTS[0];
    for (int variant : VARIANTS) {
      boolean isOfUse = rows < bucket;
      if (isOfUse
          && variant <= most
          && sharedBytes(variant, width) + STATIC_BYTES <= device.sharedBytesMax()) {
        rows = variant;
      }
    }
    int blocks = codebooks.group().size() * DeviceShapes.over(bucket, rows);
    int wanted = DeviceShapes.over(2 * device.multiprocessors(), blocks);
    int splits = Math.min(wanted, DeviceShapes.over(codebooks.codes(), CODES_MIN));
    return new ScanShape(rows, Math.clamp(splits, 1, SPLITS_MAX), sharedBytes(rows, width));
  }

  /// The rows as bf16, their candidates and what is known of each, as `snap_scan.cu` lays them out.
  private static int sharedBytes(int rows, int width) {
    int candidates = rows < 64 ? 256 : 128;
    return rows * (DeviceShapes.up(width, 32) * 2 + 8 * candidates + 32);
  }
}
