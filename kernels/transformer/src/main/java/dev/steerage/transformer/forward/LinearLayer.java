package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
import dev.steerage.ops.activation.Activation;
import dev.steerage.ops.linear.PackedLinear;
import java.lang.foreign.MemorySegment;

/// Affine maps whose outputs are shared between the threads of a team. An activation function goes
/// over each share while it is in the cache. One caller at a time.
final class LinearLayer implements Team.Work {
  /// Shares are multiples of this: whole blocks of registers for one row and for many.
  private static final int OUTPUTS = 384;

  private static final int FEW_OUTPUTS = 128;

  private final Backend backend;
  private final Team team;
  private PackedLinear weights;
  private MemorySegment x;
  private MemorySegment y;
  private int rows;
  private int share;
  private Activation activationOrNull;

  LinearLayer(Backend backend, Team team) {
    this.backend = backend;
    this.team = team;
  }

  /// x: `[rows, in]`, y: `[rows, out]`, both without gaps.
  void apply(PackedLinear newWeights, MemorySegment from, int rowCount, MemorySegment to) {
    apply(newWeights, from, rowCount, to, null);
  }

  /// As above, then the activation function over y.
  void apply(
      PackedLinear newWeights,
      MemorySegment from,
      int rowCount,
      MemorySegment to,
      Activation function) {
    if (rowCount == 0) {
      return;
    }
    weights = newWeights;
    x = from;
    y = to;
    rows = rowCount;
    activationOrNull = function;
    int out = weights.out();
    long elements = (long) out * weights.in();
    long bytes = elements * weights.type().bytes();
    int unit = out >= 8 * OUTPUTS ? OUTPUTS : FEW_OUTPUTS;
    int chunks = Shares.chunks(team, bytes, 2 * elements * rows, (out + unit - 1) / unit);
    share = Shares.roundUp((out + chunks - 1) / chunks, unit);
    team.run((out + share - 1) / share, this);
  }

  @Override
  public void chunk(int index) {
    int out = weights.out();
    int first = index * share;
    int limit = Math.min(out, first + share);
    backend.linear().apply(weights, first, limit, x, 0, weights.in(), rows, y, 0, out);
    if (activationOrNull != null) {
      backend.activation().apply(activationOrNull, y, first, out, rows, limit - first);
    }
  }
}
