package dev.steerage.domain.monitor;

/// When a monitor is raised and when it is cleared.
///
/// @param value raised beyond it
/// @param clear cleared at it or on its other side; the distance to `value` is the hysteresis
public record Bound(Side side, double value, double clear) {
  /// Which side of the bound is the one to be told about.
  public enum Side {
    ABOVE,
    BELOW
  }

  /// Whether a value raises.
  public boolean isCrossedBy(double measured) {
    return side == Side.ABOVE ? measured > value : measured < value;
  }

  /// Whether a value clears.
  public boolean isClearedBy(double measured) {
    return side == Side.ABOVE ? measured <= clear : measured >= clear;
  }
}
