package dev.steerage.transformer.cuda;

/// Grids and paddings.
final class DeviceShapes {
  private DeviceShapes() {}

  /// How many pieces of a size cover a count.
  static int over(int count, int size) {
    return (count + size - 1) / size;
  }

  /// Rounded up to a multiple.
  static int up(int count, int multiple) {
    return over(count, multiple) * multiple;
  }
}
