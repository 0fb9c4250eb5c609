/* The two moments of a row by half a warp, in the order of Stripes.java. */
#ifndef STEERAGE_LAYERNORM_CUH
#define STEERAGE_LAYERNORM_CUH

#include "device.cuh"

typedef struct {
  float mean;
  float scale;
} moments_t;

/* LOADS loads are under way at a time; it changes no bit. */
template <int LOADS>
DEVICE moments_t moments_of(const float* x, int width, int stripe, float eps) {
  float partial = 0.0f;
#pragma unroll LOADS
  for (int i = stripe; i < width; i += 16) partial = partial + x[i];
  moments_t moments;
  moments.mean = fold_stripes(partial) / (float)width;
  partial = 0.0f;
#pragma unroll LOADS
  for (int i = stripe; i < width; i += 16) {
    float centred = x[i] - moments.mean;
    partial = fmaf(centred, centred, partial);
  }
  moments.scale = 1.0f / sqrtf(fold_stripes(partial) / (float)width + eps);
  return moments;
}

DEVICE float normalised(float x, moments_t moments, float gamma, float beta) {
  return fmaf((x - moments.mean) * moments.scale, gamma, beta);
}

#endif
