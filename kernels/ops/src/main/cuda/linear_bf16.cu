/* y = W x + b with bf16 weights on tensor cores. A numeric class of its own:
 *
 * x is rounded to bf16. The inputs, filled up with zeros, come in chunks of 32, and the chunks in
 * eight parts of equal length (the last may be shorter or empty). A part is a chain of two mma per
 * chunk that starts at 0; y = ((b + part 0) + part 1) + .. in float32. That order depends on the
 * shape of the weight alone, so a row has the same bits at any number of rows; what one mma does
 * with its sixteen products is the device's own, and part of the class.
 */
#include "elementary.cuh"
#include "fragments.cuh"

#define PARTS 8

DEVICE bool rows_aligned(const float* x, int x_stride) {
  return ((uintptr_t)x | (uintptr_t)(x_stride * 4)) % 16 == 0;
}

/* A block makes 16 outputs of TILES x 8 rows, OUTS times: a warp takes one part of their sums. The
 * more rows and outputs a block makes, the less is fetched twice, and the fewer blocks there are;
 * which variant is best for a shape and a number of rows is said in LinearShape.java. */
template <int TILES, int OUTS>
DEVICE void linear_parts(float* shared, const uint4* fragments, const float* bias_or_null,
                         const float* x, int x_stride, float* y, int y_stride, int out, int in,
                         int activation, int rows) {
  const int first = blockIdx.y * TILES * 8;
  if (first >= rows) return;
  const int lane = threadIdx.x % 32;
  const int part = threadIdx.x / 32;
  const int chunks = chunks_of(in);
  const int share = ceil_div(chunks, PARTS);
  const int limit = (part + 1) * share < chunks ? (part + 1) * share : chunks;
  const bool aligned = rows_aligned(x, x_stride);
  const int tile = blockIdx.x * OUTS;
  const int tiles = ceil_div(out, 16);
  /* Where no other block reads the same weights, they need not stay in a cache. */
  const bool once = gridDim.y == 1;
  const uint4* weights[OUTS];
  float acc[OUTS][TILES][4];
  for (int m = 0; m < OUTS; m++) {
    /* Outputs that there are not: the last ones again, and nobody stores them. */
    const int used = tile + m < tiles ? tile + m : tiles - 1;
    weights[m] = fragments + (int64_t)used * chunks * 64 + lane;
    for (int n = 0; n < TILES; n++) {
      for (int e = 0; e < 4; e++) acc[m][n][e] = 0.0f;
    }
  }
#pragma unroll(OUTS == 1 ? 4 : 1)
  for (int chunk = part * share; chunk < limit; chunk++) {
    uint4 low[OUTS];
    uint4 high[OUTS];
    for (int m = 0; m < OUTS; m++) {
      const uint4* const at = weights[m] + chunk * 64;
      low[m] = once ? load_once(at) : at[0];
      high[m] = once ? load_once(at + 32) : at[32];
    }
    for (int n = 0; n < TILES; n++) {
      const int row = first + n * 8 + lane / 4;
      uint4 eight = {0, 0, 0, 0};
      if (row < rows) {
        eight = eight_inputs(x + (int64_t)row * x_stride, chunk * 32 + lane % 4 * 8, in, aligned);
      }
      for (int m = 0; m < OUTS; m++) mma_chunk(acc[m][n], low[m], high[m], eight);
    }
  }
#pragma unroll
  for (int m = 0; m < OUTS; m++) {
    /* shared[part][row][output] */
    for (int n = 0; n < TILES; n++) {
      for (int e = 0; e < 4; e++) {
        const int row = n * 8 + lane % 4 * 2 + e % 2;
        shared[(part * TILES * 8 + row) * 16 + lane / 4 + e / 2 * 8] = acc[m][n][e];
      }
    }
    __syncthreads();
    for (int e = threadIdx.x; e < TILES * 128; e += 256) {
      const int row = first + e / 16;
      const int o = (tile + m) * 16 + e % 16;
      if (row >= rows || o >= out) continue;
      float sum = bias_or_null ? bias_or_null[o] : 0.0f;
      for (int p = 0; p < PARTS; p++) sum = sum + shared[p * TILES * 128 + e];
      y[(int64_t)row * y_stride + o] = activate(activation, sum);
    }
    if (m + 1 < OUTS) __syncthreads();
  }
}

#define LINEAR(name, tiles, outs)                                                                 \
  KERNEL THREADS_TWICE(256)                                                                       \
  name(const uint4* fragments, const float* bias_or_null, const float* x, int x_stride, float* y, \
       int y_stride, int out, int in, int activation, const int* count) {                         \
    __shared__ float shared[PARTS * tiles * 128];                                                 \
    linear_parts<tiles, outs>(shared, fragments, bias_or_null, x, x_stride, y, y_stride, out, in, \
                              activation, *count);                                                \
  }

LINEAR(steerage_linear_bf16_n8, 1, 1)
LINEAR(steerage_linear_bf16_n16, 2, 1)
LINEAR(steerage_linear_bf16_n32, 4, 1)
LINEAR(steerage_linear_bf16_n32_m2, 4, 2)
LINEAR(steerage_linear_bf16_n32_m4, 4, 4)
