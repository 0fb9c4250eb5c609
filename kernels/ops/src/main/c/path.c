/* Which instruction paths this library holds and this machine runs; compiled once. */
#include "lanes.h"

#if defined(STEERAGE_HOLDS_amx)
#if defined(STEERAGE_TILES_EMULATED)
static int tiles_permitted(void) { return __builtin_cpu_supports("avx512bf16"); }
#else
#include <sys/syscall.h>
#include <unistd.h>

/* The registers of tiles are large, so Linux gives them to a process that asks, and to all its
 * threads. */
static int tiles_permitted(void) {
  const long request_permission = 0x1023, tile_data = 18;
  return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
         __builtin_cpu_supports("avx512bf16") &&
         syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#endif
#endif

/* Bits: 1 = plain C or NEON, 2 = AVX2 with FMA, 4 = AVX-512, 8 = AVX-512 with bf16, 16 = AMX. */
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
#if defined(STEERAGE_HOLDS_amx)
  if (tiles_permitted()) paths |= 16;
#endif
#endif
  return paths;
}
