#include "solvers/sparse/penalties/penalty_at.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {

double PenaltyAt::violationWithin(int column, double b, double g) const {
  const double slope = g + l2(column) * b;
  const double low = data_.lower[at(column)], high = data_.upper[at(column)];
  if (b == 0) {
    const double l = slopeAtZero(column);
    const double up = high > 0 ? -slope - l : 0, down = low < 0 ? slope - l : 0;
    return std::max({0.0, up, down});
  }
  const double s = with(column, [&](const auto& penalty) { return penalty.slope(std::abs(b)); });
  const double total = slope + std::copysign(s, b);
  if (b >= high) return std::max(0.0, total);  // it may only go down
  if (b <= low) return std::max(0.0, -total);
  return std::abs(total);
}

double PenaltyAt::minimizer(int column, double c, double z) const {
  return with(column, [&](const auto& penalty) {
    return penalties::minimizerWithin(penalty, c + l2(column), z, data_.lower[at(column)], data_.upper[at(column)]);
  });
}

}  // namespace nonconvex
