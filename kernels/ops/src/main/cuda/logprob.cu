/* What the sampler asks of a row of logits most often: the likeliest token and the parts of log sum
 * exp, in the order of LogprobKernel.java; the logarithm itself is the host's. */
#include "elementary.cuh"

#define CHUNK 1024

/* best: the lowest of the largest logits, as Sampler.java compares them: a NaN is never larger. */
KERNEL THREADS(1024)
steerage_logits_summary(const float* logits, int stride, int vocabulary, int* best, float* max,
                        double* sum, const int* count) {
  __shared__ float values[1024];
  __shared__ int ids[1024];
  __shared__ float mosts[1024];
  __shared__ float chunk_sums[64];
  const int row = blockIdx.x;
  if (row >= *count) return;
  const float* const x = logits + (int64_t)row * stride;
  float value = MINUS_INFINITY;
  int id = 0x7fffffff;
  float most = MINUS_INFINITY;
#pragma unroll 8
  for (int i = threadIdx.x; i < vocabulary; i += 1024) {
    const float here = x[i];
    most = larger(most, here);
    if (here > value || (here == value && i < id)) {
      value = here;
      id = i;
    }
  }
  values[threadIdx.x] = value;
  ids[threadIdx.x] = id;
  mosts[threadIdx.x] = most;
  for (int half = 512; half > 0; half /= 2) {
    __syncthreads();
    if ((int)threadIdx.x < half) {
      const int other = threadIdx.x + half;
      const float v = values[other];
      if (v > values[threadIdx.x] || (v == values[threadIdx.x] && ids[other] < ids[threadIdx.x])) {
        values[threadIdx.x] = v;
        ids[threadIdx.x] = ids[other];
      }
      mosts[threadIdx.x] = larger(mosts[threadIdx.x], mosts[other]);
    }
  }
  __syncthreads();
  most = mosts[0];
  const int stripe = threadIdx.x % 16;
  const int mine = threadIdx.x / 16;
  double total = 0;
  for (int base = 0; base < vocabulary; base += 64 * CHUNK) {
    const int from = base + mine * CHUNK;
    const int limit = from + CHUNK < vocabulary ? from + CHUNK : vocabulary;
    float partial = 0.0f;
#pragma unroll 16
    for (int i = from + stripe; i < limit; i += 16) partial = partial + own_exp(x[i] - most);
    const float folded = fold_stripes(partial);
    if (stripe == 0) chunk_sums[mine] = folded;
    __syncthreads();
    for (int c = 0; c < 64 && base + c * CHUNK < vocabulary; c++) {
      total = __dadd_rn(total, (double)chunk_sums[c]);
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    best[row] = x[0] != x[0] || ids[0] == 0x7fffffff ? 0 : ids[0];
    max[row] = most;
    /* All -infinity: the logarithm of 1 leaves the result at that. */
    sum[row] = most == MINUS_INFINITY ? 1.0 : total;
  }
}
