/* Weights and codebooks in the form that the kernels read; run once, when a model is loaded. */
#include "fragments.cuh"

/* Panels of 32 outputs, zeros beyond the last. */
KERNEL THREADS(256)
steerage_pack_linear_f32(const float* weight, int out, int in, float* panels) {
  const int64_t e = (int64_t)blockIdx.x * 256 + threadIdx.x;
  const int64_t elements = (int64_t)ceil_div(out, 32) * 32 * in;
  /* The grid counts weights; what fills up the last panel is written by the same threads. */
  for (int64_t at = e; at < elements; at += (int64_t)gridDim.x * 256) {
    const int64_t o = at / ((int64_t)in * 32) * 32 + at % 32;
    const int64_t i = at / 32 % in;
    panels[at] = o < out ? weight[o * in + i] : 0.0f;
  }
}

KERNEL THREADS(256)
steerage_pack_linear_bf16(const float* weight, int out, int in, uint4* fragments) {
  const int64_t at = (int64_t)blockIdx.x * 256 + threadIdx.x;
  if (at >= (int64_t)ceil_div(out, 16) * chunks_of(in) * 64) return;
  float eight[8];
  for (int j = 0; j < 8; j++) {
    const place_t place = place_of(at, j, chunks_of(in));
    const bool inside = place.output < out && place.input < in;
    eight[j] = inside ? weight[(int64_t)place.output * in + place.input] : 0.0f;
  }
  fragments[at] = eight_of(eight);
}

/* One codebook: fragments of unit codes (raw ones for the distance), where each score starts, the
 * norms, the largest norm and the longest rest; all as CodePanels.java has it. */
KERNEL THREADS(128)
steerage_pack_codes(const float* codes, int count, int width, int euclidean, uint4* fragments,
                    float* start, double* norms, double* stats) {
  __shared__ double divisor[16];
  const int first = blockIdx.x * 16;
  const int chunks = chunks_of(width);
  if (threadIdx.x < 16) {
    const int id = first + threadIdx.x;
    double squares = 0;
    const float* code = codes + (int64_t)id * width;
    for (int i = 0; id < count && i < width; i++) {
      squares = __dadd_rn(squares, __dmul_rn((double)code[i], (double)code[i]));
    }
    const double norm = sqrt(squares);
    const bool usable = id < count && norm < (double)PLUS_INFINITY && (norm > 0 || euclidean);
    if (id < count) norms[id] = norm;
    divisor[threadIdx.x] = usable ? (euclidean ? 1.0 : norm) : 0.0;
    start[first + threadIdx.x] =
        !usable ? NEVER : euclidean ? (float)(-norm * norm / 2) : 0.0f;
    if (usable) {
      double rests = 0;
      for (int i = 0; i < width; i++) {
        const double exact = (double)code[i] / divisor[threadIdx.x];
        const double rest = exact - (double)from_bf16(pair_of((float)exact, 0.0f) & 0xffffu);
        rests = __dadd_rn(rests, __dmul_rn(rest, rest));
      }
      /* Doubles that are not negative order as their bits do. */
      atomicMax((unsigned long long*)stats, (unsigned long long)__double_as_longlong(norm));
      atomicMax((unsigned long long*)stats + 1, (unsigned long long)__double_as_longlong(sqrt(rests)));
    }
  }
  __syncthreads();
  for (int e = threadIdx.x; e < chunks * 64; e += 128) {
    const int64_t at = (int64_t)blockIdx.x * chunks * 64 + e;
    float eight[8];
    for (int j = 0; j < 8; j++) {
      const place_t place = place_of(at, j, chunks);
      const double by = divisor[place.output - first];
      const bool inside = place.input < width && by != 0;
      eight[j] = inside ? (float)((double)codes[(int64_t)place.output * width + place.input] / by)
                        : 0.0f;
    }
    fragments[at] = eight_of(eight);
  }
}
