package dev.steerage.transformer.forward;

import dev.steerage.ops.Team;

/// Into how many chunks the work of a kernel is cut, from what it reads and computes.
final class Shares {
  /// What one thread moves and computes in a nanosecond, roughly.
  private static final long BYTES_PER_NS = 30;

  private static final long FLOPS_PER_NS = 100;

  private Shares() {}

  /// @param most chunks that the work can be cut into
  static int chunks(Team team, long bytes, long flops, int most) {
    return team.chunks(Math.max(bytes / BYTES_PER_NS, flops / FLOPS_PER_NS), most);
  }

  static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
