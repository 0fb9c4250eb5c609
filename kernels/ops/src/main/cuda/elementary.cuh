/* exp, the normal distribution function and both GELUs: Elementary.java, operation by operation. */
#ifndef STEERAGE_ELEMENTARY_CUH
#define STEERAGE_ELEMENTARY_CUH

#include "device.cuh"

#define EXP_MIN -87.3f
#define EXP_MAX 88.3f

DEVICE float own_exp(float x) {
  float c = x > EXP_MAX ? EXP_MAX : x;
  float n = fmaf(c, 0x1.715476p0f, 0x1.8p23f) - 0x1.8p23f;
  float r = fmaf(n, -0x1.62e4p-1f, c);
  r = fmaf(n, -(float)(0x1.62e42fefa39efp-1 - 0x1.62e4p-1), r);
  float p = fmaf(0.0013926181709393859f, r, 0.008363177999854088f);
  p = fmaf(p, r, 0.041666556149721146f);
  p = fmaf(p, r, 0.16666576266288757f);
  p = fmaf(p, r, 0.5f);
  float y = fmaf(r * r, p, r) + 1.0f;
  float scaled = y * __int_as_float((__float2int_rz(n) + 127) << 23);
  return x < EXP_MIN ? 0.0f : scaled;
}

DEVICE float own_normal(float x) {
  float z = fabsf(x) * 0x1.6a09e6p-1f;
  z = z > 9.5f ? 9.5f : z;
  float t = 1.0f / fmaf(z, 0.5f, 1.0f);
  float p = 0.045509468764066696f / 2;
  p = fmaf(p, t, -0.2468997985124588f / 2);
  p = fmaf(p, t, 0.5211448669433594f / 2);
  p = fmaf(p, t, -0.4897080659866333f / 2);
  p = fmaf(p, t, 0.1592123955488205f / 2);
  p = fmaf(p, t, -0.07257067412137985f / 2);
  p = fmaf(p, t, 0.09763892740011215f / 2);
  p = fmaf(p, t, 0.17451754212379456f / 2);
  p = fmaf(p, t, 0.24697138369083405f / 2);
  p = fmaf(p, t, 0.28208908438682556f / 2);
  p = fmaf(p, t, 0.28209489583969116f / 2);
  float tail = p * t * own_exp(-(z * z));
  return x > 0.0f ? 1.0f - tail : tail;
}

DEVICE float gelu_erf(float x) { return x * own_normal(x); }

DEVICE float gelu_tanh(float x) {
  float u = x * fmaf(x * x, (float)(2 * 0.7978845608028654 * 0.044715),
                     (float)(2 * 0.7978845608028654));
  return x / (1.0f + own_exp(-u));
}

/* 0 leaves x alone, 1 is GELU_ERF, 2 GELU_TANH. */
DEVICE float activate(int function, float x) {
  return function == 0 ? x : function == 1 ? gelu_erf(x) : gelu_tanh(x);
}

#endif
