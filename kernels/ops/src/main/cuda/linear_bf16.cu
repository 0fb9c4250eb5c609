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

/* Few rows: a block makes 16 outputs, a warp one part of their sums. */
template <int TILES>
DEVICE void linear_narrow(float* shared, const uint4* fragments, const float* bias_or_null,
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
  const uint4* weights = fragments + (int64_t)blockIdx.x * chunks * 64 + lane;
  float acc[TILES][4];
  for (int n = 0; n < TILES; n++) {
    for (int e = 0; e < 4; e++) acc[n][e] = 0.0f;
  }
#pragma unroll 4
  for (int chunk = part * share; chunk < limit; chunk++) {
    const uint4 low = load_once(weights + chunk * 64);
    const uint4 high = load_once(weights + chunk * 64 + 32);
    for (int n = 0; n < TILES; n++) {
      const int row = first + n * 8 + lane / 4;
      uint4 eight = {0, 0, 0, 0};
      if (row < rows) {
        eight = eight_inputs(x + (int64_t)row * x_stride, chunk * 32 + lane % 4 * 8, in, aligned);
      }
      mma_chunk(acc[n], low, high, eight);
    }
  }
  /* shared[part][row][output] */
  for (int n = 0; n < TILES; n++) {
    for (int e = 0; e < 4; e++) {
      const int row = n * 8 + lane % 4 * 2 + e % 2;
      shared[(part * TILES * 8 + row) * 16 + lane / 4 + e / 2 * 8] = acc[n][e];
    }
  }
  __syncthreads();
  for (int e = threadIdx.x; e < TILES * 128; e += 256) {
    const int row = first + e / 16;
    const int o = blockIdx.x * 16 + e % 16;
    if (row >= rows || o >= out) continue;
    float sum = bias_or_null ? bias_or_null[o] : 0.0f;
    for (int p = 0; p < PARTS; p++) sum = sum + shared[p * TILES * 128 + e];
    y[(int64_t)row * y_stride + o] = activate(activation, sum);
  }
}

#define NARROW(name, tiles)                                                                       \
  KERNEL THREADS(256)                                                                             \
  name(const uint4* fragments, const float* bias_or_null, const float* x, int x_stride, float* y, \
       int y_stride, int out, int in, int activation, const int* count) {                         \
    __shared__ float shared[PARTS * tiles * 128];                                                 \
    linear_narrow<tiles>(shared, fragments, bias_or_null, x, x_stride, y, y_stride, out, in,      \
                         activation, *count);                                                     \
  }

NARROW(steerage_linear_bf16_n8, 1)
NARROW(steerage_linear_bf16_n16, 2)
NARROW(steerage_linear_bf16_n32, 4)

/* Element e of the 32 that a lane keeps. */
DEVICE int output_of(int tile, int lane, int e) {
  return (tile + e / 16) * 16 + lane / 4 + e / 2 % 2 * 8;
}

DEVICE int row_of(int lane, int e) { return e / 4 % 4 * 8 + lane % 4 * 2 + e % 2; }

/* Many rows: a block makes 128 outputs of 64 rows, a warp 32 of 32, part after part. The rows pass
 * through shared memory as bf16, 64 bytes of each at a time, which no two lanes fetch from the same
 * bank. */
KERNEL THREADS(256)
steerage_linear_bf16_wide(const uint4* fragments, const float* bias_or_null, const float* x,
                          int x_stride, float* y, int y_stride, int out, int in, int activation,
                          const int* count) {
  __shared__ uint4 shared[2][64][4];
  const int rows = *count;
  const int first = blockIdx.y * 64;
  if (first >= rows) return;
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  const int chunks = chunks_of(in);
  const int share = ceil_div(chunks, PARTS);
  const int tile = blockIdx.x * 8 + warp % 4 * 2;
  const int tiles = ceil_div(out, 16);
  const int row0 = warp / 4 * 32;
  const bool aligned = rows_aligned(x, x_stride);
  const int own_row = first + threadIdx.x / 4;
  const float* own = x + (int64_t)(own_row < rows ? own_row : first) * x_stride;
  float sum[2][4][4];
  float acc[2][4][4];
  for (int m = 0; m < 2; m++) {
    for (int e = 0; e < 4; e++) {
      const int o = (tile + m) * 16 + lane / 4 + e / 2 * 8;
      const float start = bias_or_null && o < out ? bias_or_null[o] : 0.0f;
      for (int n = 0; n < 4; n++) {
        sum[m][n][e] = start;
        acc[m][n][e] = 0.0f;
      }
    }
  }
  int in_part = 0;
  int parts = 0;
  for (int chunk = 0; chunk < chunks; chunk++) {
    uint4 mine = {0, 0, 0, 0};
    if (own_row < rows) mine = eight_inputs(own, chunk * 32 + threadIdx.x % 4 * 8, in, aligned);
    shared[chunk % 2][threadIdx.x / 4][threadIdx.x % 4] = mine;
    /* Two buffers: who writes the next one waits here for all that read the one before. */
    __syncthreads();
    uint4 low[2];
    uint4 high[2];
    for (int m = 0; m < 2; m++) {
      /* Outputs that there are not: read the last ones again, and store nothing. */
      const int used = tile + m < tiles ? tile + m : tiles - 1;
      const uint4* weights = fragments + ((int64_t)used * chunks + chunk) * 64 + lane;
      low[m] = weights[0];
      high[m] = weights[32];
    }
    for (int n = 0; n < 4; n++) {
      const uint4 eight = shared[chunk % 2][row0 + n * 8 + lane / 4][lane % 4];
      for (int m = 0; m < 2; m++) mma_chunk(acc[m][n], low[m], high[m], eight);
    }
    if (++in_part == share || chunk == chunks - 1) {
      for (int m = 0; m < 2; m++) {
        for (int n = 0; n < 4; n++) {
          for (int e = 0; e < 4; e++) {
            sum[m][n][e] = sum[m][n][e] + acc[m][n][e];
            acc[m][n][e] = 0.0f;
          }
        }
      }
      in_part = 0;
      parts++;
    }
  }
  /* An empty part adds 0, which makes 0 of -0. */
  const float rest = parts < PARTS ? 0.0f : -0.0f;
#pragma unroll
  for (int e = 0; e < 32; e++) {
    const int o = output_of(tile, lane, e);
    const int row = first + row0 + row_of(lane, e);
    if (o < out && row < rows) y[(int64_t)row * y_stride + o] = sum[e / 16][e / 4 % 4][e % 4] + rest;
  }
  /* A loop of its own: many copies of the function would push the sums out of the registers. */
#pragma unroll 1
  for (int e = 0; e < 32 && activation != 0; e++) {
    const int o = output_of(tile, lane, e);
    const int row = first + row0 + row_of(lane, e);
    if (o >= out || row >= rows) continue;
    float* const at = y + (int64_t)row * y_stride + o;
    *at = activate(activation, *at);
  }
}
