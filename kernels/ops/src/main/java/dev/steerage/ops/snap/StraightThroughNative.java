package dev.steerage.ops.snap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.Floats;
import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Means and straight-through gradients in `straightthrough.c`.
public final class StraightThroughNative implements StraightThroughKernel {
  private static final MethodHandle MEAN =
      NativeLibrary.kernel(
          "straightthrough_mean",
          FunctionDescriptor.ofVoid(
              ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT,
              ADDRESS, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle BACKWARD =
      NativeLibrary.kernel(
          "straightthrough",
          FunctionDescriptor.ofVoid(
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_INT,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_INT,
              JAVA_INT,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT,
              ADDRESS,
              JAVA_LONG));

  @Override
  public void mean(
      MemorySegment codes, long codesOffset, int count, int width, Choice choice, Block out) {
    Floats.check("codes", codes, codesOffset, width, count, width);
    choice.check(count);
    out.check("out", choice.rows(), width);
    try {
      MEAN.invokeExact(
          codes,
          codesOffset,
          width,
          choice.ids(),
          choice.offset(),
          (long) choice.stride(),
          choice.rows(),
          choice.active(),
          out.tensor(),
          out.offset(),
          (long) out.stride());
    } catch (Throwable e) {
      throw new KernelException("mean of codes", e);
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
    try {
      BACKWARD.invokeExact(
          u.tensor(),
          u.offset(),
          (long) u.stride(),
          out.tensor(),
          out.offset(),
          (long) out.stride(),
          g.tensor(),
          g.offset(),
          (long) g.stride(),
          width,
          choice.ids(),
          choice.offset(),
          (long) choice.stride(),
          choice.rows(),
          choice.active(),
          task,
          pull,
          commit,
          dcodes,
          dcodesOffset);
    } catch (Throwable e) {
      throw new KernelException("straight-through", e);
    }
  }
}
