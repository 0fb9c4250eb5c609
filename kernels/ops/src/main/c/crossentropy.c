/* Cross-entropy and its gradient in one pass over a row; contract in CrossEntropyKernel.java. */
#include "elementary.h"

#define CHUNK 1024

/* parts[2r] = logit of the target - largest logit, parts[2r + 1] = sum of exp(logit - largest). */
EXPORT void PATH(crossentropy)(float* logits, int64_t offset, int64_t stride, int rows, int count,
                               const int32_t* targets, float scale, double* parts) {
  for (int r = 0; r < rows; r++) {
    float* x = logits + offset + r * stride; /* logits[r, :] */
    int target = targets[r];
    if (target < 0) {
      for (int i = 0; i < count; i++) x[i] = 0.0f;
      parts[2 * r] = parts[2 * r + 1] = 0;
      continue;
    }
    vf best = vf_all(-INFINITY);
    for (int i = 0; i + LANES <= count; i += LANES) best = vf_max(vf_load(x + i), best);
    float max = vf_largest(best);
    for (int i = count - count % LANES; i < count; i++) max = x[i] > max ? x[i] : max;
    parts[2 * r] = (double)x[target] - (double)max;
    vf m = vf_all(max);
    double sum = 0;
    for (int chunk = 0; chunk < count; chunk += CHUNK) {
      float* from = x + chunk;
      int width = count - chunk < CHUNK ? count - chunk : CHUNK;
      vf acc[SHARES];
      for (int s = 0; s < SHARES; s++) acc[s] = vf_all(0.0f);
      for (int i = 0; i < width; i += STRIPES) {
        for (int s = 0; s < SHARES && i + s * LANES < width; s++) {
          int at = i + s * LANES;
          int n = width - at < LANES ? width - at : LANES;
          vf e = vf_exp(vf_sub(vf_load_part(from + at, n), m));
          vf_store_part(from + at, e, n);
          acc[s] = vf_add(acc[s], n < LANES ? vf_keep(e, n) : e);
        }
      }
      sum += fold(acc);
    }
    parts[2 * r + 1] = sum;
    vf by = vf_all((float)(scale / sum));
    for (int i = 0; i < count; i += LANES) {
      int n = count - i < LANES ? count - i : LANES;
      vf_store_part(x + i, vf_mul(vf_load_part(x + i, n), by), n);
    }
    x[target] -= scale;
  }
}
