// Total variation of a sequence.
#pragma once

#include <span>
#include <vector>

namespace nonconvex {

/// argmin_u sum_i w_i (u_i - y_i)^2 / 2 + lambda sum_i |u_{i+1} - u_i|, exactly, in O(n): dynamic programming over the
/// derivatives of the best value of what lies before, which are piecewise linear.
///
/// N. A. Johnson, "A dynamic programming algorithm for the fused lasso and L0-segmentation", Journal of Computational
/// and Graphical Statistics 22(2), 2013.
class TotalVariation {
 public:
  /// u := the minimiser; without weights all are 1. Room that was needed once is kept.
  void denoise(std::span<const double> y, double lambda, std::span<double> u, std::span<const double> weights = {});
  /// The least s for which -g is s times a subgradient of alpha sum |u_i| + (1 - alpha) sum |u_{i+1} - u_i| at 0.
  double dualNorm(std::span<const double> g, double alpha);

 private:
  /// A break of the derivative at x, from which on it has this much more slope and value at 0.
  struct Break {
    double x, slope, value;
  };

  std::vector<Break> breaks_;
  std::vector<double> below_, above_;  ///< what u_i is clamped to by u_{i+1}
};

}  // namespace nonconvex
