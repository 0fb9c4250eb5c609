/* Registers of float32 lanes: one set of names over AVX-512, AVX2, NEON and plain C.
 *
 * Every kernel is written once with these names and compiled once per instruction path; PATH(name)
 * gives each copy its own symbol. All paths round alike: fma is fused everywhere (plain C calls
 * fmaf), and the build forbids contraction, so they give the same bits as the Java reference.
 */
#ifndef STEERAGE_LANES_H
#define STEERAGE_LANES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define PATH(name) JOIN(steerage_##name, STEERAGE_PATH)
#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#define REGISTERS 32
typedef __m512 vf;
INLINE vf vf_all(float a) { return _mm512_set1_ps(a); }
INLINE vf vf_load(const float* p) { return _mm512_loadu_ps(p); }
INLINE void vf_store(float* p, vf a) { _mm512_storeu_ps(p, a); }
INLINE vf vf_load_part(const float* p, int n) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1u), p);
}
INLINE void vf_store_part(float* p, vf a, int n) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1u), a);
}
INLINE vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
INLINE vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
INLINE vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
INLINE vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
/* NaN in b comes out. */
INLINE vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
INLINE vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
INLINE vf vf_flip_sign(vf a) {
  return _mm512_castsi512_ps(
      _mm512_xor_si512(_mm512_castps_si512(a), _mm512_set1_epi32((int)0x80000000)));
}
INLINE vf vf_abs(vf a) {
  return _mm512_castsi512_ps(
      _mm512_and_si512(_mm512_castps_si512(a), _mm512_set1_epi32(0x7fffffff)));
}
/* 2^n, n in the low bits of a shifted sum. */
INLINE vf vf_power(vf a) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(
      _mm512_add_epi32(_mm512_castps_si512(a), _mm512_set1_epi32(127)), 23));
}
/* Lanes of `then` where a < b, of `otherwise` elsewhere and for NaN. */
INLINE vf vf_if_less(vf a, vf b, vf then, vf otherwise) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), otherwise, then);
}
/* Bit i: lane i of a >= lane i of b; never for NaN. */
INLINE uint32_t vf_at_least(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
/* Lanes of 32 bits: a float32, or two bf16 whose low and high halves are widened. */
typedef __m512i vp;
INLINE vp vp_load(const uint32_t* p) { return _mm512_loadu_si512(p); }
INLINE vf vp_as_floats(vp a) { return _mm512_castsi512_ps(a); }
INLINE vf vp_low(vp a) { return _mm512_castsi512_ps(_mm512_slli_epi32(a, 16)); }
INLINE vf vp_high(vp a) {
  return _mm512_castsi512_ps(_mm512_and_si512(a, _mm512_set1_epi32((int)0xffff0000)));
}

#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LANES 8
#define REGISTERS 16
typedef __m256 vf;
INLINE vf vf_all(float a) { return _mm256_set1_ps(a); }
INLINE vf vf_load(const float* p) { return _mm256_loadu_ps(p); }
INLINE void vf_store(float* p, vf a) { _mm256_storeu_ps(p, a); }
INLINE __m256i vf_first(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vf vf_load_part(const float* p, int n) { return _mm256_maskload_ps(p, vf_first(n)); }
INLINE void vf_store_part(float* p, vf a, int n) { _mm256_maskstore_ps(p, vf_first(n), a); }
INLINE vf vf_add(vf a, vf b) { return _mm256_add_ps(a, b); }
INLINE vf vf_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
INLINE vf vf_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
INLINE vf vf_div(vf a, vf b) { return _mm256_div_ps(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
INLINE vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }
INLINE vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }
INLINE vf vf_flip_sign(vf a) { return _mm256_xor_ps(a, _mm256_set1_ps(-0.0f)); }
INLINE vf vf_abs(vf a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
INLINE vf vf_power(vf a) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(
      _mm256_add_epi32(_mm256_castps_si256(a), _mm256_set1_epi32(127)), 23));
}
INLINE vf vf_if_less(vf a, vf b, vf then, vf otherwise) {
  return _mm256_blendv_ps(otherwise, then, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
INLINE uint32_t vf_at_least(vf a, vf b) {
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GE_OQ));
}
typedef __m256i vp;
INLINE vp vp_load(const uint32_t* p) { return _mm256_loadu_si256((const __m256i*)p); }
INLINE vf vp_as_floats(vp a) { return _mm256_castsi256_ps(a); }
INLINE vf vp_low(vp a) { return _mm256_castsi256_ps(_mm256_slli_epi32(a, 16)); }
INLINE vf vp_high(vp a) {
  return _mm256_castsi256_ps(_mm256_and_si256(a, _mm256_set1_epi32((int)0xffff0000)));
}

#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#define LANES 4
#define REGISTERS 32
typedef float32x4_t vf;
INLINE vf vf_all(float a) { return vdupq_n_f32(a); }
INLINE vf vf_load(const float* p) { return vld1q_f32(p); }
INLINE void vf_store(float* p, vf a) { vst1q_f32(p, a); }
INLINE vf vf_load_part(const float* p, int n) {
  float b[LANES] = {0};
  memcpy(b, p, (size_t)n * sizeof(float));
  return vld1q_f32(b);
}
INLINE void vf_store_part(float* p, vf a, int n) {
  float b[LANES];
  vst1q_f32(b, a);
  memcpy(p, b, (size_t)n * sizeof(float));
}
INLINE vf vf_add(vf a, vf b) { return vaddq_f32(a, b); }
INLINE vf vf_sub(vf a, vf b) { return vsubq_f32(a, b); }
INLINE vf vf_mul(vf a, vf b) { return vmulq_f32(a, b); }
INLINE vf vf_div(vf a, vf b) { return vdivq_f32(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
INLINE vf vf_min(vf a, vf b) { return vminq_f32(a, b); }
INLINE vf vf_max(vf a, vf b) { return vmaxq_f32(a, b); }
INLINE vf vf_flip_sign(vf a) { return vnegq_f32(a); }
INLINE vf vf_abs(vf a) { return vabsq_f32(a); }
INLINE vf vf_power(vf a) {
  return vreinterpretq_f32_s32(
      vshlq_n_s32(vaddq_s32(vreinterpretq_s32_f32(a), vdupq_n_s32(127)), 23));
}
INLINE vf vf_if_less(vf a, vf b, vf then, vf otherwise) {
  return vbslq_f32(vcltq_f32(a, b), then, otherwise);
}
INLINE uint32_t vf_at_least(vf a, vf b) {
  uint32x4_t m = vcgeq_f32(a, b);
  return (vgetq_lane_u32(m, 0) & 1) | (vgetq_lane_u32(m, 1) & 2) | (vgetq_lane_u32(m, 2) & 4) |
         (vgetq_lane_u32(m, 3) & 8);
}
typedef uint32x4_t vp;
INLINE vp vp_load(const uint32_t* p) { return vld1q_u32(p); }
INLINE vf vp_as_floats(vp a) { return vreinterpretq_f32_u32(a); }
INLINE vf vp_low(vp a) { return vreinterpretq_f32_u32(vshlq_n_u32(a, 16)); }
INLINE vf vp_high(vp a) {
  return vreinterpretq_f32_u32(vandq_u32(a, vdupq_n_u32(0xffff0000u)));
}

#else
#define LANES 1
#define REGISTERS 16
typedef float vf;
INLINE vf vf_all(float a) { return a; }
INLINE vf vf_load(const float* p) { return *p; }
INLINE void vf_store(float* p, vf a) { *p = a; }
INLINE vf vf_load_part(const float* p, int n) { return n > 0 ? *p : 0.0f; }
INLINE void vf_store_part(float* p, vf a, int n) {
  if (n > 0) *p = a;
}
INLINE vf vf_add(vf a, vf b) { return a + b; }
INLINE vf vf_sub(vf a, vf b) { return a - b; }
INLINE vf vf_mul(vf a, vf b) { return a * b; }
INLINE vf vf_div(vf a, vf b) { return a / b; }
INLINE vf vf_fma(vf a, vf b, vf c) { return fmaf(a, b, c); }
INLINE vf vf_min(vf a, vf b) { return a < b ? a : b; }
INLINE vf vf_max(vf a, vf b) { return a > b ? a : b; }
INLINE vf vf_flip_sign(vf a) { return -a; }
INLINE vf vf_abs(vf a) { return fabsf(a); }
INLINE vf vf_power(vf a) {
  uint32_t bits;
  memcpy(&bits, &a, sizeof bits);
  bits = (bits + 127u) << 23;
  memcpy(&a, &bits, sizeof bits);
  return a;
}
INLINE vf vf_if_less(vf a, vf b, vf then, vf otherwise) { return a < b ? then : otherwise; }
INLINE uint32_t vf_at_least(vf a, vf b) { return a >= b ? 1u : 0u; }
typedef uint32_t vp;
INLINE vp vp_load(const uint32_t* p) { return *p; }
INLINE vf vp_as_floats(vp bits) {
  vf a;
  memcpy(&a, &bits, sizeof a);
  return a;
}
INLINE vf vp_low(vp a) { return vp_as_floats(a << 16); }
INLINE vf vp_high(vp a) { return vp_as_floats(a & 0xffff0000u); }
#endif

/* The nearest bf16, ties to even; NaN stays NaN. */
INLINE uint16_t to_bf16(float a) {
  uint32_t bits;
  memcpy(&bits, &a, sizeof bits);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (uint16_t)(bits >> 16 | 0x40u);
  return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

INLINE float from_bf16(uint16_t half) {
  uint32_t bits = (uint32_t)half << 16;
  float a;
  memcpy(&a, &bits, sizeof a);
  return a;
}

/* The sixteen stripes of a row sum, and the registers that hold them. */
#define STRIPES 16
#define SHARES (STRIPES / LANES)

/* 16 to 8, 4, 2, 1, as Stripes.java folds. */
INLINE float fold(const vf* shares) {
  float p[STRIPES];
  for (int s = 0; s < SHARES; s++) vf_store(p + s * LANES, shares[s]);
  for (int half = STRIPES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) p[i] += p[i + half];
  }
  return p[0];
}

/* The largest lane; NaN lanes may or may not count. */
INLINE float vf_largest(vf a) {
#if LANES == 16
  return _mm512_reduce_max_ps(a);
#else
  float b[LANES];
  vf_store(b, a);
  float max = b[0];
  for (int l = 1; l < LANES; l++) max = b[l] > max ? b[l] : max;
  return max;
#endif
}

/* Zero from lane n on. */
INLINE vf vf_keep(vf a, int n) {
  float b[LANES];
  vf_store(b, a);
  return vf_load_part(b, n);
}

#endif
