/* The kernels of the emulated device by name, with the sizes of their parameters. */
#ifndef STEERAGE_KERNEL_TABLE_H
#define STEERAGE_KERNEL_TABLE_H

#include <cstddef>
#include <utility>
#include <vector>

namespace emulated {

struct kernel {
  const char* name;
  std::vector<size_t> sizes;
  /* Takes a pointer to each parameter, as the driver does. */
  void (*call)(void** parameters);
};

const std::vector<kernel>& kernels();

template <auto function>
struct described;

template <typename... A, void (*function)(A...)>
struct described<function> {
  template <size_t... i>
  static void pass(void** parameters, std::index_sequence<i...>) {
    function(*(A*)parameters[i]...);
  }
  static void call(void** parameters) { pass(parameters, std::index_sequence_for<A...>()); }
  static kernel as(const char* name) { return {name, {sizeof(A)...}, call}; }
};

}  // namespace emulated

#endif
