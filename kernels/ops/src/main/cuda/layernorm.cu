/* Layer normalisation of rows; contract in LayerNormKernel.java. */
#include "layernorm.cuh"

#define TOGETHER 8

/* Half a warp per row; what it waits for is memory, so many loads are under way at once. `source`
 * says which row of x each row of y is made of. */
KERNEL THREADS(128)
steerage_layernorm(const float* x, int x_stride, const float* gamma, const float* beta, int width,
                   float eps, float* y, int y_stride, const int* source_or_null,
                   const int* count) {
  const int rows = *count;
  if ((int)blockIdx.x * 8 >= rows) return;
  const int row = blockIdx.x * 8 + threadIdx.x / 16;
  const int stripe = threadIdx.x % 16;
  const int used = row < rows ? row : rows - 1;
  const int from = source_or_null ? source_or_null[used] : used;
  const float* in = x + (int64_t)from * x_stride;
  const moments_t moments = moments_of<16>(in, width, stripe, eps);
  if (row >= rows) return;
  float* out = y + (int64_t)row * y_stride;
  /* y may be x, which keeps the compiler from reading ahead of what it writes. */
  for (int base = stripe; base < width; base += 16 * TOGETHER) {
    float value[TOGETHER];
#pragma unroll
    for (int j = 0; j < TOGETHER; j++) {
      const int i = base + 16 * j;
      value[j] = i < width ? normalised(in[i], moments, gamma[i], beta[i]) : 0.0f;
    }
#pragma unroll
    for (int j = 0; j < TOGETHER; j++) {
      if (base + 16 * j < width) out[base + 16 * j] = value[j];
    }
  }
}
