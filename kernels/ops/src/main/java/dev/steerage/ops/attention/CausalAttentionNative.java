package dev.steerage.ops.attention;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Causal attention in `causal.c`.
public final class CausalAttentionNative implements CausalAttentionKernel {
  private static final MethodHandle FORWARD =
      NativeLibrary.kernel(
          "causal",
          FunctionDescriptor.ofVoid(
              ADDRESS,
              ADDRESS,
              ADDRESS,
              JAVA_LONG,
              JAVA_INT,
              JAVA_INT,
              JAVA_INT,
              JAVA_FLOAT,
              ADDRESS,
              JAVA_LONG,
              ADDRESS,
              JAVA_LONG,
              ADDRESS));
  private static final MethodHandle BACKWARD =
      NativeLibrary.kernel(
          "causal_backward",
          FunctionDescriptor.ofVoid(
              ADDRESS,
              ADDRESS,
              ADDRESS,
              JAVA_LONG,
              JAVA_INT,
              JAVA_INT,
              JAVA_FLOAT,
              ADDRESS,
              JAVA_LONG,
              ADDRESS,
              JAVA_LONG,
              ADDRESS,
              ADDRESS,
              ADDRESS,
              ADDRESS));

  @Override
  public void forward(
      HeadRows rows,
      int length,
      int dim,
      int window,
      float scale,
      MemorySegment probabilities,
      long offset,
      MemorySegment z,
      long zOffset,
      int zStride,
      MemorySegment scratch) {
    CausalAttentionKernel.check(
        rows, length, dim, probabilities, offset, z, zOffset, zStride, scratch);
    try {
      FORWARD.invokeExact(
          at(rows.tensor(), rows.query()),
          at(rows.tensor(), rows.key()),
          at(rows.tensor(), rows.value()),
          (long) rows.stride(),
          length,
          dim,
          window,
          scale,
          at(probabilities, offset),
          (long) CausalAttentionKernel.pitch(length),
          at(z, zOffset),
          (long) zStride,
          scratch);
    } catch (Throwable e) {
      throw new KernelException("causal attention", e);
    }
  }

  @Override
  public void backward(
      HeadRows rows,
      int length,
      int dim,
      float scale,
      MemorySegment probabilities,
      long offset,
      MemorySegment dz,
      long dzOffset,
      int dzStride,
      HeadRows gradients,
      MemorySegment scratch) {
    CausalAttentionKernel.check(
        rows, length, dim, probabilities, offset, dz, dzOffset, dzStride, scratch);
    gradients.check("gradients", length, dim);
    if (gradients.stride() != rows.stride()) {
      throw new IllegalArgumentException(
          "gradients: stride=" + gradients.stride() + ", limit=" + rows.stride());
    }
    try {
      BACKWARD.invokeExact(
          at(rows.tensor(), rows.query()),
          at(rows.tensor(), rows.key()),
          at(rows.tensor(), rows.value()),
          (long) rows.stride(),
          length,
          dim,
          scale,
          at(probabilities, offset),
          (long) CausalAttentionKernel.pitch(length),
          at(dz, dzOffset),
          (long) dzStride,
          at(gradients.tensor(), gradients.query()),
          at(gradients.tensor(), gradients.key()),
          at(gradients.tensor(), gradients.value()),
          scratch);
    } catch (Throwable e) {
      throw new KernelException("causal attention backward", e);
    }
  }

  private static MemorySegment at(MemorySegment tensor, long element) {
    return tensor.asSlice(element * Float.BYTES);
  }
}
