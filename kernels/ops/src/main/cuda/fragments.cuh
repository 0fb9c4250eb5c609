/* How bf16 weights and codes lie in memory: as the lanes of a warp hold them for mma, so that a
 * lane reads its share of 16 outputs x 16 inputs with one load of 16 bytes.
 *
 *   [out / 16][in / 32][2 steps][32 lanes][8]
 *
 * Lane 4 g + t of mma holds outputs g and g + 8, and of the rows row g; of the 16 inputs of a step
 * it holds four, which the instruction calls 2t, 2t+1, 2t+8, 2t+9. The sum does not care what they
 * are called, so they are inputs 8t + 4 step + 0..3 of the chunk of 32: then the eight inputs that a
 * lane needs of a row in both steps lie side by side.
 */
#ifndef STEERAGE_FRAGMENTS_CUH
#define STEERAGE_FRAGMENTS_CUH

#include "device.cuh"

/* Where the score of a code starts that may only come last: below every other, and no infinity,
 * which a tensor core need not be asked about. */
#define NEVER -3.0e38f

typedef struct {
  int output;
  int input;
} place_t;

DEVICE int chunks_of(int in) { return ceil_div(in, 32); }

/* What element j of the eight at `at` is. */
DEVICE place_t place_of(int64_t at, int j, int chunks) {
  const int lane = at % 32;
  const int step = at / 32 % 2;
  const int chunk = at / 64 % chunks;
  const int tile = (int)(at / 64 / chunks);
  /* Registers a0..a3: (g, low), (g + 8, low), (g, high), (g + 8, high), two inputs each. */
  const int reg = j / 2;
  place_t place;
  place.output = tile * 16 + lane / 4 + (reg & 1) * 8;
  place.input = chunk * 32 + lane % 4 * 8 + step * 4 + (reg >> 1) * 2 + j % 2;
  return place;
}

DEVICE uint4 eight_of(const float value[8]) {
  uint4 eight;
  eight.x = pair_of(value[0], value[1]);
  eight.y = pair_of(value[2], value[3]);
  eight.z = pair_of(value[4], value[5]);
  eight.w = pair_of(value[6], value[7]);
  return eight;
}

/* Inputs [at, at + 8) of a row as bf16, zeros beyond its end. `aligned`: rows begin at multiples of
 * 16 bytes. */
DEVICE uint4 eight_inputs(const float* row, int at, int in, bool aligned) {
  float value[8];
  if (aligned && at + 8 <= in) {
    const float4 low = *(const float4*)(row + at);
    const float4 high = *(const float4*)(row + at + 4);
    value[0] = low.x;
    value[1] = low.y;
    value[2] = low.z;
    value[3] = low.w;
    value[4] = high.x;
    value[5] = high.y;
    value[6] = high.z;
    value[7] = high.w;
  } else {
    for (int j = 0; j < 8; j++) value[j] = at + j < in ? row[at + j] : 0.0f;
  }
  return eight_of(value);
}

/* Both steps of a chunk. */
DEVICE void mma_chunk(float c[4], uint4 a0, uint4 a1, uint4 eight) {
  mma(c, a0, eight.x, eight.y);
  mma(c, a1, eight.z, eight.w);
}

#endif
