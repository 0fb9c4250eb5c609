package dev.steerage.ops.linear;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import dev.steerage.ops.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The affine map in `linear.c`.
public final class LinearNative implements LinearKernel {
  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.ofVoid(
          ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT,
          ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
  private static final MethodHandle F32 = NativeLibrary.kernel("linear", SIGNATURE);
  private static final MethodHandle BF16 = NativeLibrary.kernel("linear_bf16", SIGNATURE);

  /// Rows that tiles turn into bf16 at a time, as in `linear.c`.
  private static final int ROWS = 64;

  private static final boolean TILES = NativeLibrary.hasTiles();

  /// Where a thread keeps rows as bf16; grows to the widest it has seen.
  private static final class Scratch {
    private MemorySegment room = MemorySegment.NULL;
  }

  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  private record Weights(Panels panels) implements PackedLinear {
    @Override
    public int out() {
      return panels.out();
    }

    @Override
    public int in() {
      return panels.in();
    }

    @Override
    public WeightType type() {
      return panels.type();
    }
  }

  @Override
  public PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena) {
    return pack(weight, biasOrNull, out, in, type, arena, Team.ALONE);
  }

  @Override
  public PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena,
      Team team) {
    LinearKernel.checkPack(weight, biasOrNull, out, in);
    return new Weights(Panels.of(weight, biasOrNull, out, in, type, arena, team));
  }

  @Override
  public void apply(
      PackedLinear weights,
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    if (!(weights instanceof Weights(Panels panels))) {
      throw new IllegalArgumentException("weights: packed by another backend, limit=native");
    }
    LinearKernel.checkApply(weights, first, limit, x, xOffset, xStride, rows, y, yOffset, yStride);
    MemorySegment room = room(panels);
    try {
      switch (panels.type()) {
        case F32 ->
            F32.invokeExact(
                panels.values(),
                panels.bias(),
                panels.in(),
                first,
                limit,
                x,
                xOffset,
                (long) xStride,
                rows,
                y,
                yOffset,
                (long) yStride,
                room);
        case BF16 ->
            BF16.invokeExact(
                panels.values(),
                panels.bias(),
                panels.in(),
                first,
                limit,
                x,
                xOffset,
                (long) xStride,
                rows,
                y,
                yOffset,
                (long) yStride,
                room);
      }
    } catch (Throwable e) {
      throw new KernelException("linear", e);
    }
  }

  private MemorySegment room(Panels panels) {
    if (!TILES || panels.type() == WeightType.F32) {
      return MemorySegment.NULL;
    }
    Scratch mine = scratch.get();
    long bytes = 2L * ROWS * 2 * Panels.pairs(panels.in()) * Short.BYTES;
    if (mine.room.byteSize() < bytes) {
      mine.room = Arena.ofAuto().allocate(bytes, 64);
    }
    return mine.room;
  }
}
