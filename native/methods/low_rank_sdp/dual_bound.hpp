// A lower bound of a quadratic function on the unit box by multipliers, proved in rounded arithmetic.
#pragma once

#include <span>
#include <vector>

#include "methods/low_rank_sdp/box_quadratic.hpp"
#include "methods/low_rank_sdp/definite_factor.hpp"
#include "methods/low_rank_sdp/product_multipliers.hpp"

namespace nonconvex {

/// The Lagrangian L has multipliers w >= 0 of (1 - z_i^2) / 2 and those of products, and is below f on the unit box.
/// Its matrix H gets one more number on its diagonal until a factorisation proves that it has no negative eigenvalue.
/// Then
///
///   f(z) >= L(y) + L'(y)^T (z - y) >= constant - 1/2 y^T H y - |H y + h|_1      for all |z| <= 1 and any y,
///
/// where y is about the minimum of L. Rounding errors of all terms are subtracted.
class DualBound {
 public:
  /// Computes the bound. `shift` is about the number on the diagonal, in units of the largest multiplier; found anew.
  double compute(const UnitQuadratic& problem, std::span<const double> w, const ProductMultipliers& products,
                 double& shift, const Cpu& la = Cpu());
  /// The point y of the last bound.
  std::span<const double> point() const { return y_; }

  /// Some numbers from -1 to 1; none where low > high.
  struct Reach {
    double low = -1, high = 1;
  };
  /// Computes what `reach` needs, after `compute`.
  void prepareReach(const Cpu& la = Cpu());
  /// Numbers among which z_i is wherever the objective is below `goal`. Takes long where it cuts off more than a share
  /// `worthwhile` of the numbers at one end, and cuts off nothing where it would be less.
  Reach reach(int i, double goal, double worthwhile, const Cpu& la = Cpu());

 private:
  struct Tuning;

  void assemble(const UnitQuadratic& problem, const ProductMultipliers& products);
  bool factorWith(const UnitQuadratic& problem, std::span<const double> w, double more, const Cpu& la);
  double evaluate(const UnitQuadratic& problem);
  void minimise();
  bool definiteWithout(int i, double curvature, const Cpu& la);
  Reach reachWith(int i, double goal, double curvature) const;
  double* row(int i) { return H_.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(size_); }

  int size_ = 0;
  std::vector<double> H_, h_, y_, product_;
  std::vector<double> slopeTerms_;  // what the terms of h_i sum to without signs
  std::vector<double> slope_;       // L'(y)
  std::vector<double> slopeError_, added_, inverse_, without_;
  DefiniteFactor factor_, other_;
  double addedSum_ = 0, productSum_ = 0;  // sums of multipliers
  double pairError_ = 0, bound_ = 0;
};

}  // namespace nonconvex
