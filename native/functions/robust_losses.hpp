// Losses of residuals that outliers do not rule: rho(z) of z = (r / scale)^2.
#pragma once

#include <array>
#include <cmath>
#include <span>
#include <string_view>

namespace nonconvex {

enum class RobustLoss { squared, huber, softL1, cauchy, tukey };
constexpr auto names(RobustLoss) {
  using std::literals::operator""sv;
  return std::array{"squared"sv, "huber"sv, "softL1"sv, "cauchy"sv, "tukey"sv};
}

/// rho(z) with its derivatives. All have rho(0) = 0 and rho'(0) = 1, so that small residuals count as squares.
struct RobustValue {
  double value, slope, curvature;
};

/// P. J. Huber, "Robust statistics", 1981; B. Triggs and others, "Bundle adjustment: a modern synthesis", 2000.
inline RobustValue robustValue(RobustLoss loss, double z) {
  switch (loss) {
    case RobustLoss::huber: {
      if (z <= 1) return {z, 1, 0};
      const double root = std::sqrt(z);
      return {2 * root - 1, 1 / root, -0.5 / (z * root)};
    }
    case RobustLoss::softL1: {
      const double root = std::sqrt(1 + z);
      return {2 * z / (root + 1), 1 / root, -0.5 / (root * root * root)};
    }
    case RobustLoss::cauchy:
      return {std::log1p(z), 1 / (1 + z), -1 / ((1 + z) * (1 + z))};
    case RobustLoss::tukey: {
      if (z >= 1) return {1.0 / 3, 0, 0};
      const double rest = 1 - z;
      return {(1 - rest * rest * rest) / 3, rest * rest, -2 * rest};
    }
    case RobustLoss::squared:
      break;
  }
  return {z, 1, 0};
}

/// 1/2 scale^2 sum_i rho((r_i / scale)^2)
inline double robustSum(RobustLoss loss, double scale, std::span<const double> r) {
  const double unit = loss == RobustLoss::squared ? 1 : scale;
  double sum = 0;
  for (const double value : r) sum += robustValue(loss, (value / unit) * (value / unit)).value;
  return unit * unit * sum / 2;
}

}  // namespace nonconvex
