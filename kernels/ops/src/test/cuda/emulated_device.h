/* The words of device.cuh for a C++ compiler: the kernels' own sources run on the emulated device,
 * a thread of a block as a fiber, a warp in step wherever its lanes exchange something.
 *
 * Arithmetic is IEEE: compile with -ffp-contract=off and without fast-math. A tensor core adds the
 * sixteen products of an element to its accumulator one by one, in order of the inputs' names, each
 * sum rounded to float32; a real one has an order and a rounding of its own.
 */
#ifndef STEERAGE_EMULATED_DEVICE_H
#define STEERAGE_EMULATED_DEVICE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DEVICE static inline
#define KERNEL extern "C" void
#define THREADS(n)
#define THREADS_TWICE(n)
#define __restrict__
/* One block runs at a time, so what it shares is static; the emulator spoils it before each block. */
#define __shared__ static __attribute__((section("steerage_shared")))
#define DYNAMIC_SHARED(name) unsigned char* name = emulated::dynamic_shared
#define EVERY_LANE 0xffffffffu
#define MINUS_INFINITY (-__builtin_inff())
#define PLUS_INFINITY __builtin_inff()

struct uint4 {
  uint32_t x, y, z, w;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct emulated_index {
  unsigned x, y, z;
};

extern emulated_index threadIdx, blockIdx, blockDim, gridDim;

namespace emulated {
extern unsigned char* dynamic_shared;

/* Words that a lane can put into an exchange. */
constexpr int WORDS = 12;

/* Waits until every lane of the warp has come with the same kind and line, and returns what they
 * brought, WORDS for each lane; valid until the lane's next exchange but one. */
const uint32_t* exchange(int kind, int line, const uint32_t* words, int count);

/* Waits for every thread of the block. */
void barrier(int line);

int lane();
void refuse(const char* what, int line);
}  // namespace emulated

#define __syncthreads() emulated::barrier(__LINE__)
#define __syncwarp() emulated::exchange(1, __LINE__, nullptr, 0)
#define __ballot_sync(mask, is) emulated_ballot(is, __LINE__)
#define __any_sync(mask, is) (emulated_ballot(is, __LINE__) != 0)
#define __shfl_sync(mask, value, from) emulated_shuffle(value, from, __LINE__)
#define __shfl_xor_sync(mask, value, flip) emulated_shuffle(value, emulated::lane() ^ (flip), __LINE__)
#define add_lanes(value) emulated_add(value, __LINE__)

static inline unsigned emulated_ballot(bool is, int line) {
  const uint32_t word = is;
  const uint32_t* all = emulated::exchange(2, line, &word, 1);
  unsigned bits = 0;
  for (int lane = 0; lane < 32; lane++) bits |= all[lane * emulated::WORDS] << lane;
  return bits;
}

template <typename T>
static inline T emulated_shuffle(T value, int from, int line) {
  uint32_t words[2] = {0, 0};
  memcpy(words, &value, sizeof(T));
  const uint32_t* all = emulated::exchange(3, line, words, sizeof(T) / 4);
  T got;
  memcpy(&got, all + from * emulated::WORDS, sizeof(T));
  return got;
}

static inline unsigned emulated_add(unsigned value, int line) {
  const uint32_t* all = emulated::exchange(4, line, &value, 1);
  unsigned sum = 0;
  for (int lane = 0; lane < 32; lane++) sum += all[lane * emulated::WORDS];
  return sum;
}

/* Casts of bits. */
static inline float __uint_as_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
static inline uint32_t __float_as_uint(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}
static inline float __int_as_float(int bits) { return __uint_as_float((uint32_t)bits); }
static inline long long __double_as_longlong(double value) {
  long long bits;
  memcpy(&bits, &value, 8);
  return bits;
}

/* Arithmetic with a rounding of its own. */
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline float __double2float_ru(double value) {
  float near = (float)value;
  return (double)near < value ? nextafterf(near, PLUS_INFINITY) : near;
}
static inline float __double2float_rd(double value) {
  float near = (float)value;
  return (double)near > value ? nextafterf(near, MINUS_INFINITY) : near;
}
static inline int __float2int_rz(float value) {
  if (value != value) return 0;
  if (value >= 0x1p31f) return INT32_MAX;
  if (value < -0x1p31f) return INT32_MIN;
  return (int)value;
}
static inline int __popc(unsigned bits) { return __builtin_popcount(bits); }

/* One thread runs at a time. */
template <typename T>
static inline T atomicAdd(T* at, T value) {
  T before = *at;
  *at = before + value;
  return before;
}
template <typename T>
static inline T atomicMax(T* at, T value) {
  T before = *at;
  if (value > before) *at = value;
  return before;
}

static inline uint32_t emulated_bf16(float value) {
  uint32_t bits = __float_as_uint(value);
  if (value != value) return 0x7fff;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
static inline uint32_t pair_of(float first, float second) {
  return emulated_bf16(first) | emulated_bf16(second) << 16;
}
static inline uint4 load_once(const uint4* at) { return *at; }

static inline float emulated_half(uint32_t pair, int upper) {
  return __uint_as_float(upper ? pair & 0xffff0000u : pair << 16);
}

#define mma(c, a, b0, b1) emulated_mma(c, a, b0, b1, __LINE__)
static inline void emulated_mma(float c[4], uint4 a, uint32_t b0, uint32_t b1, int line) {
  const uint32_t mine[6] = {a.x, a.y, a.z, a.w, b0, b1};
  const uint32_t* all = emulated::exchange(5, line, mine, 6);
  const int g = emulated::lane() / 4;
  const int t = emulated::lane() % 4;
  for (int e = 0; e < 4; e++) {
    const int output = g + e / 2 * 8;
    const int row = 2 * t + e % 2;
    float sum = c[e];
    for (int k = 0; k < 16; k++) {
      const uint32_t* left = all + (output % 8 * 4 + k % 8 / 2) * emulated::WORDS;
      const uint32_t* right = all + (row * 4 + k % 8 / 2) * emulated::WORDS;
      const float w = emulated_half(left[output / 8 + k / 8 * 2], k % 2);
      const float x = emulated_half(right[4 + k / 8], k % 2);
      /* The product of two bf16 is exact, so one rounding is left. */
      sum = sum + w * x;
    }
    c[e] = sum;
  }
}

#endif
