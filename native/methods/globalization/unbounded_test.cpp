#include "methods/globalization/unbounded_test.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {

void UnboundedTest::begin(const NlpPoint& start) {
  constexpr double far = 1e12;
  low_ = -far * std::max({1.0, std::abs(start.f), 0.01 * normInf(start.g)});
}

bool UnboundedTest::nearlyFeasible(const NlpPoint& point, std::span<const double> residuals) const {
  const SparsePattern& rows = model_.jacobianPattern();
  for (int i = 0; i < rows.lines; ++i) {
    const auto columns = rows.line(i);
    const double* J = point.jacobian.data() + rows.offsets[static_cast<std::size_t>(i)];
    double terms = 1;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      terms = std::max(terms, std::abs(J[k] * point.x[static_cast<std::size_t>(columns[k])]));
    }
    if (std::abs(residuals[static_cast<std::size_t>(i)]) > share * terms) return false;
  }
  return true;
}

}  // namespace nonconvex
