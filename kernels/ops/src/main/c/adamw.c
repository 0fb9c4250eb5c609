/* One AdamW step over a range of parameters; contract in AdamWKernel.java. */
#include "lanes.h"

#if LANES == 16
INLINE vf root(vf a) { return _mm512_sqrt_ps(a); }
#elif LANES == 8
INLINE vf root(vf a) { return _mm256_sqrt_ps(a); }
#elif LANES == 4
INLINE vf root(vf a) { return vsqrtq_f32(a); }
#else
INLINE vf root(vf a) { return sqrtf(a); }
#endif

EXPORT void PATH(adamw)(float* p, float* m, float* v, const float* g, int64_t offset, int64_t count,
                        float rate, float beta1, float beta2, float eps, float correction,
                        float keep, float grad_scale) {
  vf b1 = vf_all(1.0f - beta1);
  vf b2 = vf_all(beta2);
  vf b2n = vf_all(1.0f - beta2);
  for (int64_t i = offset; i < offset + count; i += LANES) {
    int n = offset + count - i < LANES ? (int)(offset + count - i) : LANES;
    vf grad = vf_mul(vf_load_part(g + i, n), vf_all(grad_scale));
    vf first = vf_load_part(m + i, n);
    first = vf_fma(vf_sub(grad, first), b1, first);
    vf second = vf_mul(vf_load_part(v + i, n), b2);
    second = vf_fma(vf_mul(b2n, grad), grad, second);
    vf below = vf_fma(root(second), vf_all(correction), vf_all(eps));
    vf kept = vf_mul(vf_load_part(p + i, n), vf_all(keep));
    vf step = vf_div(first, below);
    vf_store_part(m + i, first, n);
    vf_store_part(v + i, second, n);
    vf_store_part(p + i, vf_fma(vf_flip_sign(vf_all(rate)), step, kept), n);
  }
}
