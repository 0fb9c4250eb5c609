/* Where the cache keeps keys and values: KvLayout.java. */
#ifndef STEERAGE_KV_LAYOUT_CUH
#define STEERAGE_KV_LAYOUT_CUH

#include "device.cuh"

#define KV_TILE 16

/* What the cache holds: float32, or bf16 to the nearest. */
typedef uint16_t bf16_t;

DEVICE float cached(float value) { return value; }
DEVICE float cached(bf16_t value) { return from_bf16(value); }

DEVICE void keep(float* at, float value) { *at = value; }
DEVICE void keep(bf16_t* at, float value) { *at = (bf16_t)(pair_of(value, 0.0f) & 0xffffu); }

DEVICE int64_t key_at(int block, int slot, int head, int dim, int heads, int head_dim,
                      int block_size) {
  return ((int64_t)block * heads + head) * head_dim * block_size +
         (int64_t)(slot / KV_TILE) * head_dim * KV_TILE + dim * KV_TILE + slot % KV_TILE;
}

DEVICE int64_t value_at(int block, int slot, int head, int dim, int heads, int head_dim,
                        int block_size) {
  return ((int64_t)block * heads + head) * head_dim * block_size + (int64_t)slot * head_dim + dim;
}

#endif
