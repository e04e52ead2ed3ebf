#include "solvers/relu/warm_start.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {

ReluWarmStart scaledWarmStart(const ReluData& data, const ReluWarmStart& warm, int dimension, int columns,
                              int patterns) {
  if (warm.weights.cols() == 0) return {};
  const int n = data.n, c = data.c;
  require(warm.weights.rows() == data.d, "rows of warmStart.weights", warm.weights.rows(), "expected " + show(data.d));
  require(warm.weights.cols() == columns, "columns of warmStart.weights", warm.weights.cols(),
          "expected " + show(columns) + ", as many as this problem's patterns, outputs and signs make");
  require(warm.dual.rows() == n && warm.dual.cols() == c, "rows of warmStart.dual", warm.dual.rows(),
          "expected a " + show(n) + " x " + show(c) + " matrix");
  ReluWarmStart scaled{.weights = HostMatrix<double>(dimension, columns), .dual = warm.dual.copy()};
  for (int j = 0; j < columns; ++j) {
    data.scaleWeights(warm.weights.column(j), j % patterns, scaled.weights.column(j));
  }
  for (int k = 0; k < n && data.roots.size() > 0; ++k) {
    const double root = data.roots[at(k)];
    for (int j = 0; j < c; ++j) scaled.dual(k, j) *= root > 0 ? 1 / root : 0;
  }
  return scaled;
}

}  // namespace nonconvex
