/* The device's own sources, compiled for this processor. */
#include "kernels.cu"

#include "kernel_table.h"

/* Kernels with one mistake each, which the emulated device has to find. */

KERNEL steerage_mistaken_barrier(int* out) {
  if (threadIdx.x != 40) __syncthreads();
  out[threadIdx.x] = 1;
}

KERNEL steerage_mistaken_barriers(int* out) {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}

KERNEL steerage_mistaken_exchange(int* out) {
  out[threadIdx.x] = 0;
  if (threadIdx.x % 32 < 16) out[threadIdx.x] = (int)__ballot_sync(EVERY_LANE, true);
}

/* Each thread reads what its neighbour writes, without a barrier between. */
KERNEL steerage_mistaken_race(int* out) {
  __shared__ int value[64];
  value[threadIdx.x] = 7;
  out[threadIdx.x] = value[(threadIdx.x + 1) % 64];
}

KERNEL steerage_mistaken_shared(int* out) {
  DYNAMIC_SHARED(shared);
  shared[64] = 1;
  out[threadIdx.x] = 1;
}

namespace emulated {

/* kernel_list.h is made by build.sh: one LISTED(name) for each KERNEL of the sources. */
#define LISTED(name) described<name>::as(#name),
const std::vector<kernel>& kernels() {
  static const std::vector<kernel> all = {
#include "kernel_list.h"
  };
  return all;
}

}  // namespace emulated
