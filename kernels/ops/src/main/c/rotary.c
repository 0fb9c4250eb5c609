/* Rotary position embedding of one row, in place; contract in RotaryKernel.java. */
#include "lanes.h"

EXPORT void PATH(rotary)(const float* cosines, const float* sines, int half, int position, float* x,
                         int64_t offset, int heads, int64_t head_stride) {
  const float* cos_row = cosines + (int64_t)position * half; /* cosines[position, :] */
  const float* sin_row = sines + (int64_t)position * half;   /* sines[position, :] */
  for (int n = 0; n < heads; n++) {
    float* head = x + offset + n * head_stride;
    for (int i = 0; i < half; i += LANES) {
      int count = half - i < LANES ? half - i : LANES;
      vf c = vf_load_part(cos_row + i, count);
      vf s = vf_load_part(sin_row + i, count);
      vf a = vf_load_part(head + i, count);
      vf b = vf_load_part(head + half + i, count);
      vf_store_part(head + i, vf_fma(a, c, vf_flip_sign(vf_mul(b, s))), count);
      vf_store_part(head + half + i, vf_fma(b, c, vf_mul(a, s)), count);
    }
  }
}
