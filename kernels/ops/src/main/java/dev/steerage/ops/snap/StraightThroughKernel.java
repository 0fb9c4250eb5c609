package dev.steerage.ops.snap;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The training side of the snap: means of codes for many rows, and the straight-through gradient.
///
/// With g the gradient of the snap's output, u its layer-normalised input and `e = out - u`: every
/// active code gets `fma(pull, e, task g)`, and the input gets `fma(commit, -e, g)` in place of g.
/// The losses choose the weights (k active codes, N tokens): base `task = 1/k`; aeloss `pull = 2/(N
/// k)` as well; fullaeloss `commit = 2 beta` as well; vqvae as fullaeloss with `task = 0`.
///
/// Bits: rows in order, slots in order, one addition per code element; means as in [SnapKernel].
/// Every backend gives the same bits. Allocates nothing; safe from many threads for distinct
/// outputs. Errors: [IllegalArgumentException] for memory outside a segment or heap segments; an id
/// outside the codebook.
public interface StraightThroughKernel {
  /// What one codebook chose in every row: int32 `[rows, active]` from `offset` with `stride`.
  record Choice(MemorySegment ids, long offset, int stride, int rows, int active) {
    /// The id in a slot.
    public int id(int row, int slot) {
      return ids.getAtIndex(ValueLayout.JAVA_INT, offset + (long) row * stride + slot);
    }

    void check(int codes) {
      Floats.check("ids", ids, offset, stride, rows, active);
      for (int r = 0; r < rows; r++) {
        for (int slot = 0; slot < active; slot++) {
          int id = id(r, slot);
          if (id < 0 || id >= codes) {
            throw new IllegalArgumentException("id: value=" + id + ", limit=" + codes);
          }
        }
      }
    }
  }

  /// A block of rows.
  record Block(MemorySegment tensor, long offset, int stride) {
    void check(String name, int rows, int width) {
      Floats.check(name, tensor, offset, stride, rows, width);
    }
  }

  /// codes: `[codes, width]` from `codesOffset`; out: `[rows, width]`.
  void mean(MemorySegment codes, long codesOffset, int count, int width, Choice choice, Block out);

  /// Adds to `dcodes`, `[codes, width]` from `dcodesOffset`, and turns g into the gradient of u.
  void backward(
      Block u,
      Block out,
      Block g,
      int width,
      Choice choice,
      float task,
      float pull,
      float commit,
      MemorySegment dcodes,
      long dcodesOffset,
      int count);
}
