/* Runs the blocks of one launch, one after the other. */
#ifndef STEERAGE_BLOCKS_H
#define STEERAGE_BLOCKS_H

#include <functional>
#include <string>

namespace emulated {

struct shape {
  unsigned x, y, z;
};

/* Runs `body` as every thread of every block; the text of what went wrong, or nothing.
 *
 * order: in which order the threads of a block get the word: 0 forward, 1 backward, else a seed. */
std::string run(const std::function<void()>& body, shape grid, shape block, size_t dynamic_bytes,
                int order);

}  // namespace emulated

#endif
