// The set of all that may be added to a row.
#pragma once

#include <span>
#include <vector>

#include "solvers/discrete/certifyNetwork/problem.hpp"

namespace nonconvex {

/// All d with low <= d <= high and, for the Euclidean norm, ||d|| <= radius.
class Perturbation {
 public:
  Perturbation(const CertifyNetworkProblem& problem, int row);

  int size() const { return static_cast<int>(low_.size()); }
  double radius() const { return radius_; }
  bool isBox() const { return box_; }
  std::span<const double> low() const { return low_; }
  std::span<const double> high() const { return high_; }
  /// The row with d added, within the range of inputs to the last bit.
  void add(std::span<const double> d, std::span<double> x) const;

  /// d := about the nearest point of the set to x less the row.
  void nearest(std::span<const double> x, std::span<double> d) const;

  /// A number that g.d exceeds for no d of the set, and about the d with the largest g.d, which is of the set.
  double support(std::span<const double> g, std::span<double> d) const;

  /// The d of the set with the largest g.d - softness ||d||^2 / 2, which is g / scale cut to low and high.
  struct Smoothed {
    double scale = 0;
    bool onBall = false;  ///< ||d|| = radius decides the scale
  };
  Smoothed smoothed(std::span<const double> g, double softness, std::span<double> d) const;
  /// Returns true if entry i of g / scale is not cut.
  bool isInside(int i, double value) const {
    return value > low_[static_cast<std::size_t>(i)] && value < high_[static_cast<std::size_t>(i)];
  }

 private:
  struct Tuning;
  double cut(std::span<const double> g, double scale, std::span<double> d) const;
  double scaleOnBall(std::span<const double> g, double least, std::span<double> d) const;

  std::vector<double> x_, low_, high_;
  double radius_, least_, most_;
  bool box_, limited_ = false;  // limited: some low or high cuts the ball
};

}  // namespace nonconvex
