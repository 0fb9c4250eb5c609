package dev.steerage.domain.monitor;

/// Bounds of monitors. One beyond is refused as a whole.
public final class MonitorLimits {
  /// Monitors of one tenant and model.
  public static final int MONITORS = 64;

  /// Positions that a window can be asked to have.
  public static final int SUPPORT = 1_000_000;

  /// Shortest cool-down: each edge is a record that the rule log keeps for ever.
  public static final long COOL_DOWN_MS = 1_000;

  /// Shortest window, and shortest step of a hopping one.
  public static final long PANE_MS = 100;

  /// Longest window and cool-down.
  public static final long WINDOW_MS = 86_400_000;

  /// Steps of a hopping window.
  public static final int PANES = 60;

  /// Positions of a baseline.
  public static final int BASELINE = 20_000;

  /// Positions of a baseline, at least.
  public static final int BASELINE_LEAST = 20;

  private MonitorLimits() {}
}
