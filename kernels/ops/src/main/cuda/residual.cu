/* The residual stream: token rows in, and the sums of a block in the order of ForwardPass.java. */
#include "device.cuh"

/* Elements of a row that a thread reads before it writes: results may lie where factors lay, which
 * keeps the compiler from reading ahead. */
#define AHEAD 4

KERNEL THREADS(128)
steerage_embed(const float* tokens, const float* positions_or_null, const int* token,
               const int* position, int width, float* x, const int* count) {
  const int row = blockIdx.x;
  if (row >= *count) return;
  const float* from = tokens + (int64_t)token[row] * width;
  float* to = x + (int64_t)row * width;
  if (positions_or_null) {
    const float* add = positions_or_null + (int64_t)position[row] * width;
    for (int i = threadIdx.x; i < width; i += 128) to[i] = from[i] + add[i];
  } else {
    for (int i = threadIdx.x; i < width; i += 128) to[i] = from[i];
  }
}

/* out = left + right */
KERNEL THREADS(256)
steerage_sum(const float* left, const float* right, float* out, int width, const int* count) {
  if ((int)blockIdx.x >= *count) return;
  const int64_t row = (int64_t)blockIdx.x * width;
  for (int base = threadIdx.x; base < width; base += 256 * AHEAD) {
    float value[AHEAD];
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      const int i = base + 256 * j;
      value[j] = i < width ? left[row + i] + right[row + i] : 0.0f;
    }
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      if (base + 256 * j < width) out[row + base + 256 * j] = value[j];
    }
  }
}

/* x = (x + a) + m */
KERNEL THREADS(256)
steerage_residual(float* x, const float* a, const float* m, int width, const int* count) {
  if ((int)blockIdx.x >= *count) return;
  const int64_t row = (int64_t)blockIdx.x * width;
  for (int base = threadIdx.x; base < width; base += 256 * AHEAD) {
    float value[AHEAD];
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      const int i = base + 256 * j;
      value[j] = i < width ? (x[row + i] + a[row + i]) + m[row + i] : 0.0f;
    }
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      if (base + 256 * j < width) x[row + base + 256 * j] = value[j];
    }
  }
}
