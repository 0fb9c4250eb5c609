/* Means of codes for many rows, and the straight-through gradient; contract in
 * StraightThroughKernel.java. */
#include "lanes.h"

EXPORT void PATH(straightthrough_mean)(const float* codes, int64_t codes_offset, int width,
                                       const int32_t* ids, int64_t ids_offset, int64_t ids_stride,
                                       int rows, int active, float* out, int64_t out_offset,
                                       int64_t out_stride) {
  codes += codes_offset;
  vf by = vf_all((float)active);
  for (int r = 0; r < rows; r++) {
    const int32_t* own = ids + ids_offset + r * ids_stride;
    float* to = out + out_offset + r * out_stride; /* out[r, :] */
    for (int i = 0; i < width; i += LANES) {
      int n = width - i < LANES ? width - i : LANES;
      vf acc = vf_all(0.0f);
      for (int slot = 0; slot < active; slot++) {
        acc = vf_add(acc, vf_load_part(codes + (int64_t)own[slot] * width + i, n));
      }
      vf_store_part(to + i, vf_div(acc, by), n);
    }
  }
}

EXPORT void PATH(straightthrough)(const float* u, int64_t u_offset, int64_t u_stride,
                                  const float* out, int64_t out_offset, int64_t out_stride,
                                  float* g, int64_t g_offset, int64_t g_stride, int width,
                                  const int32_t* ids, int64_t ids_offset, int64_t ids_stride,
                                  int rows, int active, float task, float pull, float commit,
                                  float* dcodes, int64_t dcodes_offset) {
  dcodes += dcodes_offset;
  vf t = vf_all(task);
  vf p = vf_all(pull);
  vf b = vf_all(commit);
  for (int r = 0; r < rows; r++) {
    const int32_t* own = ids + ids_offset + r * ids_stride;
    const float* ur = u + u_offset + r * u_stride;
    const float* or = out + out_offset + r * out_stride;
    float* gr = g + g_offset + r * g_stride;
    for (int i = 0; i < width; i += LANES) {
      int n = width - i < LANES ? width - i : LANES;
      vf error = vf_sub(vf_load_part(or + i, n), vf_load_part(ur + i, n));
      vf upstream = vf_load_part(gr + i, n);
      vf share = vf_fma(p, error, vf_mul(t, upstream));
      for (int slot = 0; slot < active; slot++) {
        float* code = dcodes + (int64_t)own[slot] * width + i;
        vf_store_part(code, vf_add(vf_load_part(code, n), share), n);
      }
      vf_store_part(gr + i, vf_fma(b, vf_flip_sign(error), upstream), n);
    }
  }
}
