#include "methods/low_rank_sdp/box_reduction.hpp"

#include <algorithm>
#include <cmath>

#include "core/interval.hpp"
#include "methods/low_rank_sdp/looks.hpp"

namespace nonconvex {
namespace {

struct Tuning {
  static constexpr int passes = 8;            ///< safeguard: passes over all variables
  static constexpr double worthwhile = 0.9;   ///< safeguard: a width beside the last one after which a pass pays
  static constexpr int descentPasses = 1000;  ///< safeguard: passes of coordinate descent
  static constexpr double descent = 1e-12;    ///< rounding: a gain beside the function's that ends a descent
};

/// c_i + sum over j != i of Q_ij x_j for all x in the box.
Interval slopeWithout(const BoxQuadratic& problem, int i, std::span<const double> lower,
                      std::span<const double> upper) {
  const double* q = problem.row(i);
  const auto at = static_cast<std::size_t>(i);
  double low = problem.c[at], high = low, terms = std::abs(low);
  for (std::size_t j = 0; j < lower.size(); ++j) {
    if (j == at) continue;
    const double a = q[j] * lower[j], b = q[j] * upper[j];
    low += std::min(a, b);
    high += std::max(a, b);
    terms += std::max(std::abs(a), std::abs(b));
  }
  const double error = sumError(static_cast<int>(lower.size()), terms);
  return {outward::below(low - error), outward::above(high + error)};
}

/// Values of x_i that are enough where the others have the slope `slope`.
Interval enough(Interval slope, double curvature, double low, double high) {
  using namespace outward;
  if (curvature > 0) {
    const Interval stationary = divide(negate(slope), point(curvature));
    return {std::clamp(stationary.low, low, high), std::clamp(stationary.high, low, high)};
  }
  const Interval rise = add(slope, multiply(0.5 * curvature, add(point(low), point(high))));
  if (rise.low >= 0) return point(low);
  if (rise.high <= 0) return point(high);
  return {low, high};
}

}  // namespace

void reduceBox(const BoxQuadratic& problem, std::span<double> lower, std::span<double> upper) {
  const std::vector<std::uint8_t> inRows = problem.inRows();
  bool again = true;
  for (int pass = 0; pass < Tuning::passes && again; ++pass) {
    again = false;
    for (std::size_t i = 0; i < lower.size(); ++i) {
      if (lower[i] == upper[i] || (!inRows.empty() && inRows[i] != 0)) continue;
      const int row = static_cast<int>(i);
      const Interval kept = enough(slopeWithout(problem, row, lower, upper), problem.row(row)[i], lower[i], upper[i]);
      again = again || kept.high - kept.low < Tuning::worthwhile * (upper[i] - lower[i]);
      lower[i] = kept.low;
      upper[i] = kept.high;
    }
  }
}

void descendByCoordinates(const BoxQuadratic& problem, std::span<double> x, std::vector<double>& slope, const Cpu& la) {
  const std::size_t n = x.size();
  slope.assign(problem.c.begin(), problem.c.end());
  for (std::size_t j = 0; j < n; ++j) {
    const double* q = problem.row(static_cast<int>(j));
    for (std::size_t i = 0; i < n; ++i) slope[i] += q[i] * x[j];
  }
  Looks looks(la, 2.0 * static_cast<double>(n * n));
  for (int pass = 0; pass < Tuning::descentPasses; ++pass) {
    looks.next();
    double gain = 0, scale = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double* q = problem.row(static_cast<int>(i));
      const double curvature = q[i], low = problem.lower[i] - x[i], high = problem.upper[i] - x[i];
      const auto change = [&](double move) { return move * (slope[i] + 0.5 * curvature * move); };
      double move = change(low) <= change(high) ? low : high;
      if (curvature > 0) move = std::clamp(-slope[i] / curvature, low, high);
      scale += std::abs(slope[i] * (high - low));
      if (move == 0 || change(move) >= 0) continue;
      gain -= change(move);
      x[i] = move == low ? problem.lower[i] : move == high ? problem.upper[i] : x[i] + move;
      for (std::size_t j = 0; j < n; ++j) slope[j] += q[j] * move;
    }
    if (gain <= Tuning::descent * scale) return;
  }
}

}  // namespace nonconvex
