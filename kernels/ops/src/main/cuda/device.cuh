/* What the kernels need of the device, in one place: the compiler's own words under nvcc, or the
 * emulation of src/test/cuda under a C++ compiler. Nothing else may name an intrinsic.
 *
 * No fast-math and no contraction anywhere: the Java reference decides every rounding, so a fused
 * multiply-add is written as fmaf or fma, and nothing else is one.
 */
#ifndef STEERAGE_DEVICE_CUH
#define STEERAGE_DEVICE_CUH

#include <stdint.h>

#if defined(__CUDACC__)

#define DEVICE static __device__ __forceinline__
#define KERNEL extern "C" __global__ void
#define THREADS(n) __launch_bounds__(n)
/* As many registers as leave room for two blocks on a multiprocessor. */
#define THREADS_TWICE(n) __launch_bounds__(n, 2)
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) unsigned char name[]
#define EVERY_LANE 0xffffffffu
#define MINUS_INFINITY __int_as_float(0xff800000)
#define PLUS_INFINITY __int_as_float(0x7f800000)

/* c += a b for a tile of 16 outputs, 8 rows, 16 inputs; which element sits where: fragments.cuh. */
DEVICE void mma(float c[4], uint4 a, uint32_t b0, uint32_t b1) {
  asm(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
}

/* Two float32 as the nearest bf16, the first in the lower half. */
DEVICE uint32_t pair_of(float first, float second) {
  uint32_t pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
  return pair;
}

DEVICE uint4 load_once(const uint4* at) { return __ldcs(at); }

DEVICE unsigned add_lanes(unsigned value) { return __reduce_add_sync(EVERY_LANE, value); }

#else
#include "emulated_device.h"
#endif

DEVICE int ceil_div(int a, int b) { return (a + b - 1) / b; }

/* As Math.max: a NaN wins. */
DEVICE float larger(float a, float b) {
  if (a != a) return a;
  if (b != b) return b;
  return a > b ? a : b;
}

DEVICE float from_bf16(uint32_t half) { return __uint_as_float(half << 16); }

/* Bits that order as the floats do; NaN has no place in them. */
DEVICE unsigned ordered(float value) {
  unsigned bits = __float_as_uint(value);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

DEVICE float unordered(unsigned key) {
  return __uint_as_float(key & 0x80000000u ? key & 0x7fffffffu : ~key);
}

/* Folds the sixteen partial sums of Stripes.java, one per lane of half a warp; every lane gets the
 * sum. Both halves of a warp have to take part. */
DEVICE float fold_stripes(float partial) {
  for (int half = 8; half > 0; half /= 2) {
    partial = partial + __shfl_xor_sync(EVERY_LANE, partial, half);
  }
  return partial;
}

DEVICE double fold_stripes(double partial) {
  for (int half = 8; half > 0; half /= 2) {
    partial = partial + __shfl_xor_sync(EVERY_LANE, partial, half);
  }
  return partial;
}

#endif
