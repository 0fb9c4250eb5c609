/* Layer normalisation of rows; contract in LayerNormKernel.java. */
#include "layernorm.cuh"

/* Half a warp per row. `source` says which row of x each row of y is made of. */
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
  const moments_t moments = moments_of(in, width, stripe, eps);
  if (row >= rows) return;
  float* out = y + (int64_t)row * y_stride;
  for (int i = stripe; i < width; i += 16) out[i] = normalised(in[i], moments, gamma[i], beta[i]);
}
