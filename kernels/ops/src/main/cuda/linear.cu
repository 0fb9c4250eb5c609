/* y = W x + b with float32 weights: one chain of fused multiply-adds per output, as LinearKernel.java
 * says; a thread keeps the chains of one output and up to eight rows.
 *
 * Panels of 32 outputs, [out / 32][in][32], so that a warp reads 128 bytes at once; the rows of x
 * pass through shared memory, 64 inputs at a time. */
#include "elementary.cuh"

#define INPUTS 64

template <int ROWS>
DEVICE void linear_rows(float (*shared)[ROWS], const float* panels, const float* bias_or_null,
                        const float* x, int x_stride, float* y, int y_stride, int out, int in,
                        int activation, int rows) {
  const int first = blockIdx.y * ROWS;
  if (first >= rows) return;
  const int o = blockIdx.x * 128 + threadIdx.x;
  const bool in_panel = o < ceil_div(out, 32) * 32;
  const float* panel = panels + (int64_t)(o / 32) * in * 32 + o % 32;
  float acc[ROWS];
  for (int r = 0; r < ROWS; r++) acc[r] = bias_or_null && o < out ? bias_or_null[o] : 0.0f;
  for (int base = 0; base < in; base += INPUTS) {
    const int inputs = in - base < INPUTS ? in - base : INPUTS;
    __syncthreads();
    for (int e = threadIdx.x; e < INPUTS * ROWS; e += 128) {
      const int r = e / INPUTS;
      const int i = e % INPUTS;
      shared[i][r] = i < inputs && first + r < rows ? x[(int64_t)(first + r) * x_stride + base + i]
                                                    : 0.0f;
    }
    __syncthreads();
    if (in_panel) {
#pragma unroll 8
      for (int i = 0; i < inputs; i++) {
        const float w = panel[(int64_t)(base + i) * 32];
        for (int r = 0; r < ROWS; r++) acc[r] = fmaf(w, shared[i][r], acc[r]);
      }
    }
  }
  if (o >= out) return;
  for (int r = 0; r < ROWS && first + r < rows; r++) {
    y[(int64_t)(first + r) * y_stride + o] = activate(activation, acc[r]);
  }
}

KERNEL THREADS(128)
steerage_linear_f32_r1(const float* panels, const float* bias_or_null, const float* x,
                       int x_stride, float* y, int y_stride, int out, int in, int activation,
                       const int* count) {
  __shared__ float shared[INPUTS][1];
  linear_rows<1>(shared, panels, bias_or_null, x, x_stride, y, y_stride, out, in, activation,
                 *count);
}

KERNEL THREADS(128)
steerage_linear_f32_r8(const float* panels, const float* bias_or_null, const float* x,
                       int x_stride, float* y, int y_stride, int out, int in, int activation,
                       const int* count) {
  __shared__ float shared[INPUTS][8];
  linear_rows<8>(shared, panels, bias_or_null, x, x_stride, y, y_stride, out, in, activation,
                 *count);
}
