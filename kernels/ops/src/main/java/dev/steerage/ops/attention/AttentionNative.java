package dev.steerage.ops.attention;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Attention in `attention.c`. The block table stays in its heap array, so the call is critical:
/// one row is tens of microseconds at most, which a safepoint can wait for.
public final class AttentionNative implements AttentionKernel {
  private static final MethodHandle ATTENTION =
      NativeLibrary.kernel(
          "attention",
          FunctionDescriptor.ofVoid(
              JAVA_INT,
              JAVA_INT,
              JAVA_INT,
              ADDRESS,
              ADDRESS,
              ADDRESS,
              JAVA_INT,
              JAVA_INT,
              JAVA_INT,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_FLOAT,
              ADDRESS,
              JAVA_LONG),
          Linker.Option.critical(true));

  private static final MethodHandle STORE =
      NativeLibrary.kernel(
          "attention_store",
          FunctionDescriptor.ofVoid(
              JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS,
              JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));

  @Override
  public void store(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int block,
      int slot,
      MemorySegment k,
      long kOffset,
      int kHeadStride,
      MemorySegment v,
      long vOffset,
      int vHeadStride) {
    AttentionKernel.checkStore(
        layout, keys, values, block, slot, k, kOffset, kHeadStride, v, vOffset, vHeadStride);
    try {
      STORE.invokeExact(
          layout.heads(),
          layout.headDim(),
          layout.blockSize(),
          keys,
          values,
          block,
          slot,
          k,
          kOffset,
          (long) kHeadStride,
          v,
          vOffset,
          (long) vHeadStride);
    } catch (Throwable e) {
      throw new KernelException("attention store", e);
    }
  }

  @Override
  public void attend(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int[] blocks,
      int blocksOffset,
      int first,
      int last,
      MemorySegment q,
      long qOffset,
      int qHeadStride,
      float scale,
      MemorySegment out,
      long outOffset) {
    AttentionKernel.checkAttend(
        layout,
        keys,
        values,
        blocks,
        blocksOffset,
        first,
        last,
        q,
        qOffset,
        qHeadStride,
        out,
        outOffset);
    try {
      ATTENTION.invokeExact(
          layout.heads(),
          layout.headDim(),
          layout.blockSize(),
          keys,
          values,
          MemorySegment.ofArray(blocks),
          blocksOffset,
          first,
          last,
          q,
          qOffset,
          (long) qHeadStride,
          scale,
          out,
          outOffset);
    } catch (Throwable e) {
      throw new KernelException("attention", e);
    }
  }
}
