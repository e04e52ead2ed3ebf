#include "linalg/sparse/scatter_runs.hpp"

#include <algorithm>
#include <cstddef>

#include "core/multiversion.hpp"

namespace nonconvex {

NONCONVEX_CLONES void addRuns(const double* x, const Run* runs, int count, double* y, int origin) {
  for (const Run* run = runs; run != runs + count; ++run) {
    const double* from = x + run->from;
    double* to = y + (run->to - origin);
    for (int i = 0; i < run->length; ++i) to[i] += from[i];
  }
}

NONCONVEX_CLONES void addTriangle(const double* x, int xStride, const Run* runs, int count, int begin, int end,
                                  double* y, int yStride, int origin) {
  for (const Run* run = runs; run != runs + count; ++run) {
    const int last = std::min(run->length, end - run->from);
    for (int t = std::max(0, begin - run->from); t < last; ++t) {
      const double* column = x + static_cast<std::size_t>(run->from + t) * static_cast<std::size_t>(xStride);
      double* into = y + static_cast<std::size_t>(run->to + t - origin) * static_cast<std::size_t>(yStride);
      for (int skip = t, r = static_cast<int>(run - runs); r < count; skip = 0, ++r) {
        const double* from = column + runs[r].from;
        double* to = into + (runs[r].to - origin);
        for (int i = skip; i < runs[r].length; ++i) to[i] += from[i];
      }
    }
  }
}

}  // namespace nonconvex
