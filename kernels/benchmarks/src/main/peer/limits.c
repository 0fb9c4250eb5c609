/* What this machine can read and multiply: one line "<GB/s> <GFLOP/s float32> <GFLOP/s bf16>".
 *
 * usage: limits <threads>     build: cc -O3 -march=native -ffp-contract=fast limits.c -lpthread
 *
 * Reads 256 MiB per thread, in huge pages where they are given; multiplies and adds in registers.
 * The best of several passes counts: a limit is what is possible. bf16 is 0 without dot products.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

#define BYTES (256l << 20)
#define PASSES 8
#define CHAINS 10
#define STEPS 2000000l

typedef float wide __attribute__((vector_size(64)));
typedef uint64_t words __attribute__((vector_size(64)));

static int threads;
static pthread_barrier_t barrier;
static double results[3];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_all(const words* from) {
  words sum[4] = {{0}, {0}, {0}, {0}};
  for (long i = 0; i < BYTES / 64; i += 4) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) sum[j] ^= from[i + j];
  }
  volatile uint64_t keep = (sum[0] ^ sum[1] ^ sum[2] ^ sum[3])[0];
  (void)keep;
}

static void multiply(void) {
  wide sum[CHAINS], a, b;
  for (int i = 0; i < 16; i++) {
    a[i] = 0.5f;
    b[i] = 1.0f + (float)i;
  }
#pragma GCC unroll 10
  for (int j = 0; j < CHAINS; j++) sum[j] = a * (float)(threads + j);
  for (long i = 0; i < STEPS; i++) {
#pragma GCC unroll 10
    for (int j = 0; j < CHAINS; j++) sum[j] = sum[j] * a + b;
    __asm__ volatile("" : "+m"(threads));
  }
  volatile float keep = 0;
#pragma GCC unroll 10
  for (int j = 0; j < CHAINS; j++) keep += sum[j][3];
}

static void multiply_bf16(void) {
#if defined(__AVX512BF16__)
  __m512 sum[CHAINS];
  __m512bh a = (__m512bh)_mm512_set1_epi16(0x3f00);
#pragma GCC unroll 10
  for (int j = 0; j < CHAINS; j++) sum[j] = _mm512_set1_ps((float)(threads + j));
  for (long i = 0; i < STEPS; i++) {
#pragma GCC unroll 10
    for (int j = 0; j < CHAINS; j++) sum[j] = _mm512_dpbf16_ps(sum[j], a, a);
    __asm__ volatile("" : "+m"(threads));
  }
  volatile float keep = 0;
#pragma GCC unroll 10
  for (int j = 0; j < CHAINS; j++) keep += _mm512_reduce_add_ps(sum[j]);
#endif
}

static void* work(void* first) {
  char* memory = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) exit(1);
  madvise(memory, BYTES, MADV_HUGEPAGE);
  memset(memory, 1, BYTES);
  for (int kind = 0; kind < 3; kind++) {
    double amount = kind == 0 ? BYTES : (kind == 1 ? 32.0 : 64.0) * CHAINS * STEPS;
    for (int pass = 0; pass < PASSES; pass++) {
      pthread_barrier_wait(&barrier);
      double begun = now();
      if (kind == 0) read_all((const words*)memory);
      if (kind == 1) multiply();
      if (kind == 2) multiply_bf16();
      pthread_barrier_wait(&barrier);
      double rate = amount * threads / (now() - begun) / 1e9;
      if (first && rate > results[kind]) results[kind] = rate;
    }
  }
  return 0;
}

int main(int count, char** argument) {
  threads = count > 1 ? atoi(argument[1]) : 1;
  pthread_t others[256];
  if (threads < 1 || threads > 256) return 1;
  pthread_barrier_init(&barrier, 0, (unsigned)threads);
  for (int t = 1; t < threads; t++) pthread_create(&others[t], 0, work, 0);
  work(&threads);
  for (int t = 1; t < threads; t++) pthread_join(others[t], 0);
#if !defined(__AVX512BF16__)
  results[2] = 0;
#endif
  printf("%.2f %.1f %.1f\n", results[0], results[1], results[2]);
  return 0;
}
