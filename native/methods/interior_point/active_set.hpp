// The bounds and sides that hold with equality at a solution, and the KKT system of the problem that has these alone.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "methods/interior_point/barrier_kkt.hpp"
#include "methods/kkt/second_order.hpp"

namespace nonconvex {

/// Which of its bounds an entry of v = (x, s) is at.
enum class BoundSide : char { none, lower, upper };

/// The bound that an entry of v is at near a solution, as its multiplier is above its slack, times `ratio`.
BoundSide probableSide(const BarrierNlp& nlp, const BarrierPoint& point, std::size_t k, double ratio = 1);

/// The problem min f(x) under its equations, with active inequalities as equations, active variables at their bounds as
/// given, and without what is inactive. Its KKT system is the one of the whole problem with the rows and columns that
/// do not count emptied, but for their diagonals, so that patterns and orders of elimination are those at hand.
class ActiveSet {
 public:
  ActiveSet(BarrierNlp& nlp, BarrierKkt& kkt);

  BoundSide side(std::size_t k) const { return side_[k]; }
  void setSide(std::size_t k, BoundSide side) {
    side_[k] = side;
    dependentSet_ = false;
  }
  /// Takes as active what is so probably.
  void decide(const BarrierPoint& point, double ratio = 1);
  /// Takes as inactive the bounds and sides whose multipliers are at most `weak`; returns false if none is.
  bool dropWeak(const BarrierPoint& point, double weak);

  /// `moves` is true if variable j moves in the problem of the active set, `holds` if a row is an equation of it.
  bool moves(std::size_t j) const { return side_[j] == BoundSide::none && !nlp_.fixed(j); }
  bool holds(int row) const;

  /// Takes the derivatives at a point whose multipliers of inactive rows are 0; false where they are not finite.
  bool load(const BarrierPoint& point);
  struct Tuning {
    static constexpr int levels = 3;  ///< measured: levels of `factor`, from least to most regularisation
    /// measured: E where active gradients depend on one another, beside the largest row of J.
    static constexpr double leastDual = 1e-11;
    /// measured: E where pivots as small as leastDual still wait by the thousand.
    static constexpr double cheapDual = 1e-8;
  };
  /// Factors the system so that it serves for Newton steps. With the least regularisation it is known afterwards from
  /// `positive()` whether all eigenvalues of the Hessian of L on the null space of the active gradients are above 1e-7
  /// max |H_ij|.
  bool factor(int level);
  bool positive() const { return positive_; }
  /// Returns true if factors were given up since `decide`, as they would take far more work than those of the method
  /// itself.
  bool givenUp() const { return givenUp_; }
  /// Returns true if the last factors showed that the gradients of what is active depend on one another.
  bool rankLost() const { return rankLost_; }
  /// Returns true if no gradient of what is active was found to depend on others.
  bool independent() const {
    return !rankLost_ &&
           std::all_of(dependent_.begin(), dependent_.end(), [](char dependent) { return dependent == 0; });
  }
  /// Solves K (dx, dy) = -(a, b), a over v, b over rows; what does not move or hold does not change.
  bool solve(std::span<const double> a, std::span<const double> b, std::span<double> dx, std::span<double> dy);
  /// Eigenvalues of the Hessian of L on the null space of the active gradients, at the point that was loaded.
  ReducedInertia inertia();
  /// The value of `inertia` if `positive()` is true.
  ReducedInertia positiveInertia() const { return {std::max(0, dimension()), 0, 0}; }
  /// Finds a direction of x, of norm 1, along which active constraints do not change to first order and the Hessian
  /// of L is negative; returns that curvature, 0 if no direction is found. To be called after `inertia`.
  double findNegativeCurvature(std::span<double> direction);
  /// Returns true if by evaluation, not by factors, active constraints do not change along a direction of norm 1 to
  /// first order, and that curvature along it is below 0 by more than counts as zero.
  bool confirms(std::span<const double> direction, double curvature);

 private:
  /// The order of the null space, if the active gradients are independent.
  int dimension() const;
  double sizeH() const { return sizeH_ > 0 ? sizeH_ : 1; }
  static bool usable(const Inertia& inertia);
  bool wanted(const Inertia& inertia) const;
  Inertia factorBounded(const KktShift& shift);
  Inertia factorShifted(double primal, double dual);
  ReducedInertia reducedInertia();
  void loadSystem();
  bool findDependentRows(std::size_t most, std::vector<int>& rows);
  void solveForNullVector(std::size_t seed);
  int iterateToNullVector();
  int largestOfNullVector();
  void setRandom(std::size_t seed, std::span<double> u) const;
  double squaredRow(int row) const;
  void multiplyTransposed(std::span<const double> w);
  bool dropDependentRows();

  BarrierNlp& nlp_;
  BarrierKkt& kkt_;
  std::vector<BoundSide> side_;  // over v
  std::vector<char> dependent_;  // rows that hold because others do
  Vector H_, J_;                 // values of the matrices, 0 for what does not count
  Vector primal_, dual_;         // diagonals for what does not count
  Vector lengths_, u_;           // lengths of the rows of J_; workspace over the rows
  double sizeH_ = 0, sizeJ_ = 0;
  bool positive_ = false;
  bool rankLost_ = false;
  bool indefinite_ = false;    // the last factors since `decide` were not positive
  bool dependentSet_ = false;  // rankLost_ with this set
  bool givenUp_ = false;
  double rankShift_ = 0;  // E where rank is lost, of the largest row of J
  InertiaCorrection shifts_;
  SecondOrderTest secondOrder_;
  Vector rhs_, solution_;
};

}  // namespace nonconvex
