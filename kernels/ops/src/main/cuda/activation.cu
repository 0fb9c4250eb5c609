/* GELU over rows, in place; contract in ActivationKernel.java. */
#include "elementary.cuh"

KERNEL THREADS(256)
steerage_activation(int function, float* x, int stride, int width, const int* count) {
  if ((int)blockIdx.x >= *count) return;
  float* row = x + (int64_t)blockIdx.x * stride;
  for (int i = threadIdx.x; i < width; i += 256) row[i] = activate(function, row[i]);
}
