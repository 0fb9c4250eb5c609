package dev.steerage.ops.product;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The product in C.
public final class ProductNative implements ProductKernel {
  private final String name;
  private final MethodHandle function;

  private ProductNative(String name) {
    this.name = name;
    function =
        NativeLibrary.kernel(
            name,
            FunctionDescriptor.ofVoid(
                ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  }

  /// `product.c`
  public static ProductNative exact() {
    return new ProductNative("product");
  }

  /// `product_bf16.c`
  public static ProductNative rounded() {
    return new ProductNative("product_bf16");
  }

  @Override
  public void multiply(
      Matrix a,
      Matrix b,
      MemorySegment c,
      long cOffset,
      long cStride,
      int m,
      int n,
      int k,
      boolean accumulate) {
    ProductKernel.check(a, b, c, cOffset, cStride, m, n, k);
    try {
      function.invokeExact(
          a.tensor(),
          a.offset(),
          a.row(),
          a.column(),
          b.tensor(),
          b.offset(),
          b.row(),
          b.column(),
          c,
          cOffset,
          cStride,
          m,
          n,
          k,
          accumulate ? 1 : 0);
    } catch (Throwable e) {
      throw new KernelException(name, e);
    }
  }
}
