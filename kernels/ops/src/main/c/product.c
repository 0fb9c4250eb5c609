/* Product of two matrices; contract in ProductKernel.java. */
#include "product.h"

EXPORT void PATH(product)(const float* a, int64_t a_offset, int64_t a_row, int64_t a_column,
                          const float* b, int64_t b_offset, int64_t b_row, int64_t b_column,
                          float* c, int64_t c_offset, int64_t c_stride, int m, int n, int k,
                          int accumulate) {
  matrix_t left = {a + a_offset, a_row, a_column};
  matrix_t right = {b + b_offset, b_row, b_column};
  multiply(left, right, c + c_offset, c_stride, m, n, k, accumulate);
}
