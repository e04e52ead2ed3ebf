// The price of a direction, theta^T (X u)_+, as a linear function and kinks along lines of rows, each line once.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/views.hpp"
#include "solvers/relu/point.hpp"

namespace nonconvex {

/// g(u) = linear . u + sum_k weight_k |z_k . u| with unit vectors z_k: theta^T (X u)_+, since (t)_+ = (t + |t|) / 2.
///
/// Rows on one line, equal, opposite or multiples of each other, have one z: where they cancel no kink is left.
template <int D>
struct PriceFunction {
  struct Tuning {
    /// rounding: A little more than the largest relative error of one operation.
    static constexpr double unitRounding = 0.51 * std::numeric_limits<double>::epsilon();
    /// rounding: Entries of unit vectors of one line differ by no more; what that changes is part of `error`.
    static constexpr double sameLine = 16 * std::numeric_limits<double>::epsilon();
  };

  std::vector<Point<D>> lines;
  std::vector<double> weights;
  Point<D> linear{};
  double size = 0;   ///< sum_k |weight_k| + ||linear||, before rows of one line were added
  double error = 0;  ///< |g(u) - theta^T (X u)_+| <= error ||u|| for every u

  PriceFunction(Mat<const double> xt, Vec<const double> theta, int xExponent, int thetaExponent);

  /// g(u) / ||u||, within `evaluationError`; 0 at the origin.
  double operator()(const Point<D>& u) const {
    double sum = dot<D>(linear, u);
    for (std::size_t k = 0; k < lines.size(); ++k) sum += weights[k] * std::abs(dot<D>(lines[k], u));
    const double length = norm<D>(u);
    return length > 0 ? sum / length : 0;
  }
  double evaluationError() const {
    return Tuning::unitRounding * (static_cast<double>(lines.size()) + 4 * D + 8) * size;
  }

  /// The gradient of g in the cell of u.
  Point<D> gradient(const Point<D>& u) const {
    Point<D> sum = linear;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      add<D>(dot<D>(lines[k], u) >= 0 ? weights[k] : -weights[k], lines[k], sum);
    }
    return sum;
  }

 private:
  using Long = long double;

  /// A row with theta_k not 0: its unit vector, and what it is sorted by.
  struct Row {
    Point<D> unit;
    double key;
    int index;
  };

  static bool oneLine(const Point<D>& a, const Point<D>& b) {
    double apart = 0, opposite = 0;
    for (std::size_t i = 0; i < D; ++i) {
      apart = std::max(apart, std::abs(a[i] - b[i]));
      opposite = std::max(opposite, std::abs(a[i] + b[i]));
    }
    return std::min(apart, opposite) <= Tuning::sameLine;
  }

  static std::vector<Row> sortedRows(Mat<const double> xt, Vec<const double> theta, int exponent);
};

template <int D>
auto PriceFunction<D>::sortedRows(Mat<const double> xt, Vec<const double> theta, int exponent) -> std::vector<Row> {
  std::vector<Row> rows;
  for (int k = 0; k < xt.cols; ++k) {
    Row row{{}, 0, k};
    for (std::size_t i = 0; i < D; ++i) row.unit[i] = std::ldexp(xt(static_cast<int>(i), k), -exponent);
    const double length = norm<D>(row.unit);
    if (!(length > 0) || theta[k] == 0) continue;
    for (std::size_t i = 0; i < D; ++i) {
      row.unit[i] /= length;
      row.key += row.unit[i] * std::sqrt(2.0 + static_cast<double>(i * i));  // equal on one line, else hardly
    }
    row.key = std::abs(row.key);
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.key != b.key ? a.key < b.key : a.index < b.index; });
  return rows;
}

template <int D>
PriceFunction<D>::PriceFunction(Mat<const double> xt, Vec<const double> theta, int xExponent, int thetaExponent) {
  const std::vector<Row> rows = sortedRows(xt, theta, xExponent);
  std::vector<bool> done(rows.size());
  std::array<Long, static_cast<std::size_t>(D)> total{};
  Long rest = 0;
  for (std::size_t first = 0; first < rows.size(); ++first) {
    if (done[first]) continue;
    const Point<D>& z = rows[first].unit;
    Long weight = 0;
    for (std::size_t k = first; k < rows.size() && rows[k].key - rows[first].key <= 8 * D * Tuning::sameLine; ++k) {
      if (done[k] || !oneLine(z, rows[k].unit)) continue;
      done[k] = true;
      const Long half = std::ldexp(theta[rows[k].index], -thetaExponent - 1);
      std::array<Long, static_cast<std::size_t>(D)> x;
      Long along = 0, square = 0;
      for (std::size_t i = 0; i < D; ++i) {
        x[i] = std::ldexp(xt(static_cast<int>(i), rows[k].index), -xExponent);
        along += x[i] * z[i];
        total[i] += half * x[i];
      }
      for (std::size_t i = 0; i < D; ++i) square += (x[i] - along * z[i]) * (x[i] - along * z[i]);
      weight += half * std::abs(along);
      rest += std::abs(half) * std::sqrt(square);
      size += static_cast<double>(2 * std::abs(half * along));
    }
    lines.push_back(z);
    weights.push_back(static_cast<double>(weight));
  }
  for (std::size_t i = 0; i < D; ++i) linear[i] = static_cast<double>(total[i]);
  const double sums =
      (static_cast<double>(rows.size()) + D) * static_cast<double>(std::numeric_limits<Long>::epsilon());
  error = 1.01 * static_cast<double>(rest) + (4 * Tuning::unitRounding + sums) * D * size;
}

}  // namespace nonconvex
