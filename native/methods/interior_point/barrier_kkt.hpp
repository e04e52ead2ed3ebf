// The linear system of an interior-point method, without rows for the slacks: section 2 of docs/nlp-inequalities.md.
#pragma once

#include <memory>
#include <span>

#include "linalg/cpu.hpp"
#include "methods/interior_point/barrier_nlp.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {

/// Solves, for one point after the other,
///
///     (W + D + delta I) dv + [J^T; -I] dy = -a      over v = (x, s), W = H over x and 0 over s
///     J dx - ds - (e + eps) dy            = -b
///
/// where D is a diagonal over v and e a number for all rows. The slacks are eliminated: what is factored is
/// [H + D_x + delta, J^T; J, -E] with E_i = e + eps, and 1 / (D_s + delta) more for an inequality. delta and eps are
/// the least of a ladder for which it has the inertia (n, m, 0). Small pivots are allowed first, since others may have
/// to wait by the thousand; where the inertia is not the one wanted or the residual poor, the pivots are suspected
/// before the matrix is: it is factored again without them. After two such surprises small pivots are not allowed any
/// more.
class BarrierKkt {
 public:
  BarrierKkt(const Cpu& la, BarrierNlp& nlp);

  /// Takes the Hessian (values in the order of the pattern, kept by the caller) and Jacobian of a system to come.
  void load(std::span<const double> H, std::span<const double> J, std::span<const double> diagonal,
            double rowShift = 0);
  /// Factors it with the shifts that are needed; `mu` sizes eps. False where no shift helps or a number is not finite.
  bool factor(double mu);
  /// Factors it with delta = 0 and eps = 0, whatever the inertia is.
  Inertia factorUnshifted();
  /// Solves for a (over v, 0 for fixed variables) and b (over rows); false where the residual stays poor.
  bool solve(std::span<const double> a, std::span<const double> b, std::span<double> dv, std::span<double> dy);

  double delta() const { return delta_; }
  double epsilon() const { return epsilon_; }
  bool shifted() const { return delta_ > 0 || epsilon_ > 0; }
  /// delta and eps of the factors are replaced by this delta, at least; for a caller that wants a shorter step.
  bool factorWith(double delta, double mu);
  /// Forgets the shifts of earlier systems.
  void reset() { last_ = shiftedInARow_ = dependentInARow_ = 0; }

  KktSolver& solver() { return *solver_; }
  /// Limits the work of a factorisation for others who use the solver themselves.
  void setEffort(PivotEffort effort);
  bool analyzed() const { return solver_ != nullptr; }
  int factorizations() const { return solver_ ? solver_->factorizations() : 0; }
  double seconds() const { return solver_ ? solver_->seconds() : 0; }

 private:
  struct Tuning;
  bool wanted(const Inertia& inertia) const;
  Inertia factorAt(double delta, double epsilon, double threshold, PivotEffort effort = PivotEffort::bounded);
  Inertia factorTrusted(double delta, double epsilon);
  bool climb(double delta, double epsilon, double mu);
  static double dualShift(double mu);
  void setDiagonals(double delta);

  const Cpu& la_;
  BarrierNlp& nlp_;
  std::unique_ptr<KktSolver> solver_;
  std::span<const double> J_;
  Vector diagonal_;       // D over v
  Vector primal_, dual_;  // diagonals of the system that is factored
  Vector rhs_, solution_;
  Vector rows_;          // J dx
  double rowShift_ = 0;  // e
  double delta_ = 0;
  double epsilon_ = 0;
  double last_ = 0;  // delta > 0 that was needed last
  int shiftedInARow_ = 0;
  int sinceUnshifted_ = 0;
  int dependentInARow_ = 0;  // systems that needed eps
  int sinceIndependent_ = 0;
  int confirmed_ = 0;         // inertias that large pivots confirmed as unwanted
  int surprises_ = 0;         // inertias that small pivots made wrong
  bool smallPivots_ = false;  // true: the present factors may have small pivots
};

}  // namespace nonconvex
