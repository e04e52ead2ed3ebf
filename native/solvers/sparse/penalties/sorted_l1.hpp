// The sorted l1 norm sum_k w_k |b|_(k), where |b|_(1) >= |b|_(2) >= ... and the weights fall.
#pragma once

#include <span>
#include <vector>

#include "methods/one_dimensional/isotonic.hpp"

namespace nonconvex {

/// Value, prox and dual norm of the sorted l1 norm. Vectors may be shorter than the weights, of which the first count.
///
/// M. Bogdan and others, "SLOPE: adaptive variable selection via convex optimization", Annals of Applied Statistics
/// 9(3), 2015.
class SortedL1 {
 public:
  /// Weights that fall and are not negative, the first above 0.
  explicit SortedL1(std::vector<double> weights) : weights_(std::move(weights)) {}

  const std::vector<double>& weights() const { return weights_; }
  double value(std::span<const double> b);
  /// out := argmin_u weight sum_k w_k |u|_(k) + ||u - v||^2 / 2
  void prox(std::span<const double> v, double weight, std::span<double> out);
  /// The least s for which no sum of the k largest |g| exceeds s times that of the first k weights.
  double dualNorm(std::span<const double> g);
  /// Places of v by falling size, in the order of the last call of any of these.
  std::span<const int> sort(std::span<const double> v);

 private:
  std::vector<double> weights_;
  std::vector<int> order_;
  IsotonicRegression isotonic_;
};

}  // namespace nonconvex
