/* Which instruction paths this library holds and this machine runs; compiled once. */
#include "lanes.h"

/* Bits: 1 = plain C or NEON, 2 = AVX2 with FMA, 4 = AVX-512, 8 = AVX-512 with bf16. */
EXPORT int32_t steerage_paths(void) {
  int32_t paths = 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(STEERAGE_HOLDS_avx2)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) paths |= 2;
#endif
#if defined(STEERAGE_HOLDS_avx512)
  if (__builtin_cpu_supports("avx512f")) paths |= 4;
#endif
#if defined(STEERAGE_HOLDS_avx512bf16)
  if (__builtin_cpu_supports("avx512bf16")) paths |= 8;
#endif
#endif
  return paths;
}
