package dev.steerage.ops.snap;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Means and straight-through gradients as plain loops.
public final class StraightThroughReference implements StraightThroughKernel {
  @Override
  public void mean(
      MemorySegment codes, long codesOffset, int count, int width, Choice choice, Block out) {
    Floats.check("codes", codes, codesOffset, width, count, width);
    choice.check(count);
    out.check("out", choice.rows(), width);
    for (int r = 0; r < choice.rows(); r++) {
      for (int i = 0; i < width; i++) {
        float acc = 0f;
        for (int slot = 0; slot < choice.active(); slot++) {
          acc += get(codes, codesOffset + (long) choice.id(r, slot) * width + i);
        }
        set(out.tensor(), out.offset() + (long) r * out.stride() + i, acc / choice.active());
      }
    }
  }

  @Override
  public void backward(
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
      int count) {
    Floats.check("dcodes", dcodes, dcodesOffset, width, count, width);
    choice.check(count);
    u.check("u", choice.rows(), width);
    out.check("out", choice.rows(), width);
    g.check("g", choice.rows(), width);
    for (int r = 0; r < choice.rows(); r++) {
      for (int i = 0; i < width; i++) {
        float error =
            get(out.tensor(), out.offset() + (long) r * out.stride() + i)
                - get(u.tensor(), u.offset() + (long) r * u.stride() + i);
        long at = g.offset() + (long) r * g.stride() + i;
        float upstream = get(g.tensor(), at);
        float share = Math.fma(pull, error, task * upstream);
        for (int slot = 0; slot < choice.active(); slot++) {
          long code = dcodesOffset + (long) choice.id(r, slot) * width + i;
          set(dcodes, code, get(dcodes, code) + share);
        }
        set(g.tensor(), at, Math.fma(commit, -error, upstream));
      }
    }
  }
}
