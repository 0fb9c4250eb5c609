/* Moves the ids of a step out: whole rows, from device memory to pinned memory of the host. */
#include "device.cuh"

KERNEL THREADS(256)
steerage_ids_out(const int* from, int* to, int words, const int* count) {
  const int row = blockIdx.y;
  if (row >= *count) return;
  const int first = blockIdx.x * 1024;
  for (int i = first + threadIdx.x; i < words && i < first + 1024; i += 256) {
    to[(int64_t)row * words + i] = from[(int64_t)row * words + i];
  }
}
