package dev.steerage.trainer.model;

import dev.steerage.ops.Floats;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.ops.attention.CausalAttentionKernel;
import dev.steerage.ops.attention.HeadRows;
import dev.steerage.ops.rotary.RotaryTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Attention of one tile, head after head, and its gradient.
final class AttentionPass {
  private final ModelShape shape;
  private final TrainingBackend backend;
  private final Tile tile;
  private final RotaryTable rotary;
  private final RotaryTable back;

  AttentionPass(ModelShape shape, TrainingBackend backend, Tile tile, Arena arena) {
    this.shape = shape;
    this.backend = backend;
    this.tile = tile;
    rotary = RotaryTable.of(shape.rotated(), shape.theta(), tile.length, arena);
    back = reversed(rotary, arena);
  }

  /// The transpose of a rotation is the rotation by the negative angle.
  private static RotaryTable reversed(RotaryTable table, Arena arena) {
    MemorySegment sin = arena.allocate(table.sin().byteSize(), 64);
    for (long i = 0; i < sin.byteSize() / Float.BYTES; i++) {
      Floats.set(sin, i, -Floats.get(table.sin(), i));
    }
    return new RotaryTable(table.rotated(), table.positions(), table.cos(), sin);
  }

  private HeadRows head(MemorySegment rowsOfQkv, int sequence, int head) {
    int width = shape.width();
    int dim = shape.headDim();
    long at = (long) sequence * tile.length * 3 * width;
    if (shape.architecture().equals("gpt_neox")) {
      long own = at + (long) head * 3 * dim;
      return new HeadRows(rowsOfQkv, own, own + dim, own + 2L * dim, 3 * width);
    }
    long own = at + (long) head * dim;
    return new HeadRows(rowsOfQkv, own, own + width, own + 2L * width, 3 * width);
  }

  private long probabilities(int sequence, int head) {
    long pitch = CausalAttentionKernel.pitch(tile.length);
    return ((long) sequence * shape.heads() + head) * tile.length * pitch;
  }

  /// Rotates queries and keys in place, then fills probabilities and heads.
  void forward(int layer, LayerBuffers at, int rows) {
    rotate(rotary, at.rotated, rows);
    int dim = shape.headDim();
    for (int s = 0; s < rows / tile.length; s++) {
      for (int head = 0; head < shape.heads(); head++) {
        backend
            .causalAttention()
            .forward(
                head(at.rotated, s, head),
                tile.length,
                dim,
                shape.windows().get(layer),
                shape.scales().get(layer),
                at.probabilities,
                probabilities(s, head),
                at.z,
                (long) s * tile.length * shape.width() + (long) head * dim,
                shape.width(),
                tile.scratch);
      }
    }
  }

  /// From the gradient of the heads in `dm` to that of the projection in `dqkv`.
  void backward(int layer, LayerBuffers at, int rows) {
    int dim = shape.headDim();
    for (int s = 0; s < rows / tile.length; s++) {
      for (int head = 0; head < shape.heads(); head++) {
        backend
            .causalAttention()
            .backward(
                head(at.rotated, s, head),
                tile.length,
                dim,
                shape.scales().get(layer),
                at.probabilities,
                probabilities(s, head),
                tile.dm,
                (long) s * tile.length * shape.width() + (long) head * dim,
                shape.width(),
                head(tile.dqkv, s, head),
                tile.scratch);
      }
    }
    rotate(back, tile.dqkv, rows);
  }

  private void rotate(RotaryTable table, MemorySegment qkv, int rows) {
    if (shape.rotated() == 0) {
      return;
    }
    int stride = 3 * shape.headDim();
    for (int part = 0; part < 2; part++) {
      backend
          .forward()
          .rotary()
          .rotate(
              table,
              qkv,
              (long) part * shape.headDim(),
              3 * shape.width(),
              rows,
              shape.heads(),
              stride,
              tile.positions,
              0);
    }
  }
}
