/* exp, the normal distribution function and both GELUs: Elementary.java, operation by operation. */
#ifndef STEERAGE_ELEMENTARY_H
#define STEERAGE_ELEMENTARY_H

#include "lanes.h"

#define EXP_MIN -87.3f
#define EXP_MAX 88.3f

INLINE vf vf_exp(vf x) {
  vf rounder = vf_all(0x1.8p23f);
  vf c = vf_min(vf_all(EXP_MAX), x);
  vf shifted = vf_fma(c, vf_all(0x1.715476p0f), rounder);
  vf n = vf_sub(shifted, rounder);
  vf r = vf_fma(n, vf_all(-0x1.62e4p-1f), c);
  r = vf_fma(n, vf_all(-(float)(0x1.62e42fefa39efp-1 - 0x1.62e4p-1)), r);
  vf p = vf_fma(vf_all(0.0013926181709393859f), r, vf_all(0.008363177999854088f));
  p = vf_fma(p, r, vf_all(0.041666556149721146f));
  p = vf_fma(p, r, vf_all(0.16666576266288757f));
  p = vf_fma(p, r, vf_all(0.5f));
  vf y = vf_add(vf_fma(vf_mul(r, r), p, r), vf_all(1.0f));
  vf scaled = vf_mul(y, vf_power(shifted));
  return vf_if_less(x, vf_all(EXP_MIN), vf_all(0.0f), scaled);
}

INLINE vf vf_normal(vf x) {
  static const float tail[11] = {
      0.28209489583969116f / 2,  0.28208908438682556f / 2, 0.24697138369083405f / 2,
      0.17451754212379456f / 2,  0.09763892740011215f / 2, -0.07257067412137985f / 2,
      0.1592123955488205f / 2,   -0.4897080659866333f / 2, 0.5211448669433594f / 2,
      -0.2468997985124588f / 2,  0.045509468764066696f / 2};
  vf z = vf_min(vf_all(9.5f), vf_mul(vf_abs(x), vf_all(0x1.6a09e6p-1f)));
  vf t = vf_div(vf_all(1.0f), vf_fma(z, vf_all(0.5f), vf_all(1.0f)));
  vf p = vf_all(tail[10]);
  for (int i = 9; i >= 0; i--) p = vf_fma(p, t, vf_all(tail[i]));
  vf below = vf_mul(vf_mul(p, t), vf_exp(vf_flip_sign(vf_mul(z, z))));
  return vf_if_less(vf_all(0.0f), x, vf_sub(vf_all(1.0f), below), below);
}

INLINE vf vf_gelu_erf(vf x) { return vf_mul(x, vf_normal(x)); }

INLINE vf vf_gelu_tanh(vf x) {
  vf linear = vf_all((float)(2 * 0.7978845608028654));
  vf cubic = vf_all((float)(2 * 0.7978845608028654 * 0.044715));
  vf u = vf_mul(x, vf_fma(vf_mul(x, x), cubic, linear));
  return vf_div(x, vf_add(vf_exp(vf_flip_sign(u)), vf_all(1.0f)));
}

#endif
