// The penalties of all columns at one lambda.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "functions/selection_penalties.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/penalties/block_penalty.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// Factor of the least lambda without an escape from 0: where 0 and a point far away are equally good, rounding is not
/// to decide between them. Kind: rounding.
inline constexpr double besideTie = 1 + 1e-12;

/// The penalties of all columns at one lambda.
class PenaltyAt {
 public:
  PenaltyAt(const SparseData& data, const SparseSettings& settings, double lambda)
      : data_(data),
        kind_(settings.penalty),
        convex_(isConvex(kind_)),
        alpha_(settings.alpha),
        l1_(lambda * settings.alpha),
        l2_(lambda * (1 - settings.alpha)),
        gamma_(gammaOf(settings)) {}

  static double gammaOf(const SparseSettings& settings) {
    return visitPenalty(ofNorm(settings.penalty), [&]<class Penalty>() {
      const double usual = Penalty{}.gamma;
      return usual > 0 && isKnown(settings.gamma) ? settings.gamma : usual;
    });
  }

  /// Absolute values with these weights in place of it, one for each column.
  PenaltyAt tangent(std::span<const double> slopes) const {
    PenaltyAt made = *this;
    made.kind_ = SparsePenalty::lasso;
    made.convex_ = true;
    made.gamma_ = 0;
    made.slopes_ = slopes;
    return made;
  }

  bool convex() const { return convex_; }
  bool isZero() const { return l1_ == 0 && l2_ == 0; }
  bool hasRidge() const { return l2_ > 0; }
  double l1(int column) const { return slopes_.empty() ? l1_ * data_.factor[at(column)] : slopes_[at(column)]; }
  double l2(int column) const { return l2_ * data_.factor[at(column)]; }
  double gamma() const { return gamma_; }
  /// lambda alpha, the steepest that it is with a factor of 1.
  double largestSlope() const { return l1_; }

  /// f.operator()<Penalty>() with the struct of the kind.
  template <class F>
  decltype(auto) visitKind(F&& f) const {
    return visitPenalty(kind_, f);
  }
  template <class Penalty>
  Penalty of(int column) const {
    return {l1(column), gamma_};
  }
  /// f(penalty) of a column, its struct, with the squares left to l2().
  template <class F>
  decltype(auto) with(int column, F&& f) const {
    return visitKind([&]<class Penalty>() { return f(of<Penalty>(column)); });
  }
  double value(int column, double b) const {
    return l2(column) / 2 * b * b + with(column, [&](const auto& penalty) { return penalty.value(std::abs(b)); });
  }
  /// argmin of c / 2 b^2 - z b and the penalty of a column, within its bounds.
  double minimizer(int column, double c, double z) const;
  /// The minimiser of a coefficient that is 0, for the curvature c and gradient g of a quadratic in place of a loss
  /// that can fall by no more than `possibleDecrease`: a coefficient that leaves 0 against its slope has a penalty
  /// below that.
  double minimizerFromZero(int column, double c, double g, double possibleDecrease) const {
    const double to = minimizer(column, c, -g);
    return to != 0 && std::abs(g) <= slopeAtZero(column) && value(column, to) > possibleDecrease ? 0 : to;
  }
  /// The least weight l of the penalty of a column with which 0 is the minimiser of c / 2 b^2 - a b and it.
  double weightOfZero(int column, double c, double a) const {
    return with(column, [&](const auto& penalty) { return c > 0 ? penalty.weightOfZero(c, a) : a; });
  }
  /// The slope of the penalty of a column at 0, from above.
  double slopeAtZero(int column) const { return slopeAt(column, 0); }
  /// P'(s), the slope of the penalty of a column at |b| = s.
  double slopeAt(int column, double s) const {
    return with(column, [&](const auto& penalty) { return penalty.slope(s); });
  }
  /// How far -g is from the derivatives of the penalty at b, within the bounds.
  double violation(int column, double b, double g) const {
    if (data_.bounded || !convex()) return violationWithin(column, b, g);
    const double slope = g + l2(column) * b, l = l1(column);
    return b == 0 ? std::max(0.0, std::abs(slope) - l) : std::abs(slope + std::copysign(l, b));
  }
  // Of a coefficient that is 0, a block of one, by its gradient:
  /// Whether it is near the edge from which on the coefficient leaves 0, by this share of the penalty.
  bool isNearEdge(int column, std::span<const double> gradient, const BlockBounds&, double share) const {
    return std::abs(gradient[0]) >= share * l1(column);
  }
  double violationAtZero(int column, std::span<const double> gradient, const BlockBounds&) const {
    return violation(column, 0, gradient[0]);
  }
  /// The lambda at which the slope of the penalty is that of the loss, for alpha no less than `leastAlpha`.
  double lambdaOfSlope(int column, std::span<const double> gradient, const BlockBounds& bounds,
                       double leastAlpha) const {
    if (bounds.reach(0, gradient[0]) == 0) return 0;
    return std::abs(gradient[0]) / (data_.factor[at(column)] * std::max(alpha_, leastAlpha));
  }
  /// The least lambda at which the coefficient is 0, for a curvature of the loss along it.
  double lambdaOfZero(int column, std::span<const double> gradient, const BlockBounds& bounds, double leastAlpha,
                      double curvature) const {
    if (convex() || bounds.reach(0, gradient[0]) == 0) return lambdaOfSlope(column, gradient, bounds, leastAlpha);
    const double l = besideTie * weightOfZero(column, curvature, std::abs(gradient[0]));
    return l / (data_.factor[at(column)] * std::max(alpha_, leastAlpha));
  }

 private:
  double violationWithin(int column, double b, double g) const;

  const SparseData& data_;
  SparsePenalty kind_;
  bool convex_;
  double alpha_, l1_, l2_, gamma_;
  std::span<const double> slopes_;  ///< in place of l1_; empty: none
};

}  // namespace nonconvex
