// Optima of deep linear networks in closed form, where X has orthogonal columns of one length.
//
// Let X^T X = s^2 I and sigma be the singular values of X^T Y / s. Then loss and regulariser are least for a product of
// the layers with the singular vectors of X^T Y (von Neumann's trace inequality), and what is left is a problem in its
// singular values t >= 0.
#pragma once

#include <vector>

namespace nonconvex {

/// The regulariser of the product of L layers as a function of its singular values: weight sum_k t_k^power / power
/// with power = 2 / L, or 1 where weight decay amounts to the nuclear norm.
struct SpectralPenalty {
  double weight = 0;
  double power = 1;

  double value(double t) const;
};

/// The t >= 0 with the least (s t - sigma)^2 / 2 + penalty(t), found to rounding.
double leastForOne(double s, double sigma, const SpectralPenalty& penalty);

/// The least sum_k (s t_k - sigma_k)^2 / 2 + penalty(sum_k t_k) over t >= 0, sigma from the largest: the dual's optimal
/// value less what no t changes. The sum is what the nuclear norm is of a product.
double leastForSum(double s, const std::vector<double>& sigma, const SpectralPenalty& penalty);

}  // namespace nonconvex
