/* The device's own sources, compiled for this processor. */
#include "kernels.cu"

#include "kernel_table.h"

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
