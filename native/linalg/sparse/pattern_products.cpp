#include "linalg/sparse/pattern_products.hpp"

#include "core/multiversion.hpp"

namespace nonconvex {

NONCONVEX_CLONES void addLargeSymmetricStretch(int sign, const SparsePattern& lower, int begin, int end,
                                               const double* values, const double* v, double* out) {
  if (sign > 0) {
    addSymmetricStretch<1, productColumns>(lower, begin, end, values, v, out);
  } else {
    addSymmetricStretch<-1, productColumns>(lower, begin, end, values, v, out);
  }
}

}  // namespace nonconvex
