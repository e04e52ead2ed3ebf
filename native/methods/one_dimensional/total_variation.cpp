#include "methods/one_dimensional/total_variation.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {

/// The derivative of the best value of terms up to i + 1, in u_{i+1}, is that of terms up to i in u_i, clipped to
/// [-lambda, lambda], and w (u - y) added: so breaks go at both ends and two come in.
void TotalVariation::denoise(std::span<const double> y, double lambda, std::span<double> u,
                             std::span<const double> weights) {
  const std::size_t n = y.size();
  if (n == 0) return;
  const auto w = [&](std::size_t i) { return weights.empty() ? 1 : weights[i]; };
  breaks_.resize(2 * n + 2);
  below_.resize(n);
  above_.resize(n);
  std::size_t first = n + 1, end = n + 1;  // the breaks that are there
  // The derivative left of all breaks and right of them: slope times u plus value.
  double leftSlope = w(0), leftValue = -w(0) * y[0], rightSlope = leftSlope, rightValue = leftValue;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    while (first < end && leftSlope * breaks_[first].x + leftValue <= -lambda) {
      leftSlope += breaks_[first].slope;
      leftValue += breaks_[first++].value;
    }
    below_[i] = (-lambda - leftValue) / leftSlope;
    while (first < end && rightSlope * breaks_[end - 1].x + rightValue >= lambda) {
      rightSlope -= breaks_[--end].slope;
      rightValue -= breaks_[end].value;
    }
    above_[i] = (lambda - rightValue) / rightSlope;
    breaks_[--first] = {below_[i], leftSlope, leftValue + lambda};
    breaks_[end++] = {above_[i], -rightSlope, lambda - rightValue};
    leftSlope = rightSlope = w(i + 1);
    leftValue = -lambda - w(i + 1) * y[i + 1];
    rightValue = lambda - w(i + 1) * y[i + 1];
  }
  while (first < end && leftSlope * breaks_[first].x + leftValue <= 0) {
    leftSlope += breaks_[first].slope;
    leftValue += breaks_[first++].value;
  }
  u[n - 1] = -leftValue / leftSlope;
  for (std::size_t i = n - 1; i-- > 0;) u[i] = std::clamp(u[i + 1], std::min(below_[i], above_[i]), above_[i]);
}

/// The multipliers c_i of u_{i+1} - u_i are at most s (1 - alpha) in size, and c_{i+1} - c_i + g at most s alpha: which
/// s are large enough is told by the interval that c may lie in.
double TotalVariation::dualNorm(std::span<const double> g, double alpha) {
  double size = 0;
  for (const double each : g) size += std::abs(each);
  if (size == 0) return 0;
  const auto enough = [&](double s) {
    double low = 0, high = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      const double most = i + 1 < g.size() ? s * (1 - alpha) : 0;
      low = std::max(low - g[i] - s * alpha, -most);
      high = std::min(high - g[i] + s * alpha, most);
      if (low > high) return false;
    }
    return true;
  };
  double high = size / std::max(alpha, 1e-3);
  double low = 0;
  if (!enough(high)) return INFINITY;
  for (int k = 0; k < 200 && high - low > 1e-13 * high; ++k) {
    const double middle = (low + high) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace nonconvex
