/* Where the cache keeps keys and values: KvLayout.java. */
#ifndef STEERAGE_KV_LAYOUT_CUH
#define STEERAGE_KV_LAYOUT_CUH

#include "device.cuh"

#define KV_TILE 16

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
