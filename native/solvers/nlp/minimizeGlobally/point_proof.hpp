// A proof that an exactly admissible point lies near a point that is admissible up to rounding.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expressions/lifted/lifted_derivatives.hpp"
#include "solvers/nlp/minimizeGlobally/global_model.hpp"

namespace nonconvex {

/// What is proved of a point x: a box about it has an admissible point, and no objective in it is above `objective`.
struct ProvedPoint {
  double radius = 0;  ///< the largest distance of an entry of the box from x
  double objective = infinity;
};

/// Looks for an exactly admissible point near a given one. Constraints that hold with room hold for a whole box. The
/// others and equations, k of them, are equations of k variables that are not at their bounds, where all others are
/// fixed: the operator of Krawczyk proves that they have a solution. Where their derivatives are dependent, the point
/// is moved a little along a direction in which inequalities get room and variables leave their bounds, the solution of
/// a linear program, so that the equations of the model alone are left.
///
/// R. B. Kearfott, "On proving existence of feasible points in equality constrained optimization problems", Math.
/// Program. 83, 1998. The direction is that of O. L. Mangasarian, S. Fromovitz, J. Math. Anal. Appl. 17, 1967.
class PointProof {
 public:
  /// `model` must outlive this.
  explicit PointProof(const GlobalModel& model);

  /// Returns no proof where derivatives of the equations are dependent, or rounding hides whether the point exists.
  std::optional<ProvedPoint> of(std::span<const double> x);

 private:
  struct Tuning {
    /// rounding: distances from bounds and sides, relative to them, that count as 0
    static constexpr double near = 1e-7;
    static constexpr double dependent = 1e-8;  ///< rounding: the least pivot beside the largest derivative of its row
    static constexpr int rounds = 5;           ///< safeguard: times that constraints without room become equations
    static constexpr double leave = 0.1;       ///< safeguard: weight of leaving bounds beside room of inequalities
    static constexpr double firstStep = 1e-6,
                            lastStep = 1e-3;  ///< safeguard: steps along the direction, each ten times longer
  };
  /// A constraint that becomes an equation, with the side that it is at.
  struct Equation {
    int constraint;
    double side;
  };
  class System;

  void start(std::span<const double> x);
  bool isNear(double x, double bound) const;
  Interval valueOf(int constraint) const;
  std::optional<ProvedPoint> onSides(std::span<const double> x);
  std::optional<ProvedPoint> beside(std::span<const double> x);
  std::vector<double> directionFrom(std::span<const double> x);
  bool takeEquations();
  bool chooseVariables();
  LiftedDerivatives::Gradient gradientOf(int constraint) const;
  std::vector<std::vector<double>> slopesOf(std::span<const int> free) const;
  std::vector<int> freeVariables() const;
  bool solve();
  bool holds(std::vector<char>& tight) const;
  ProvedPoint proved(std::span<const double> x) const;

  const GlobalModel& model_;
  LiftedDerivatives derivatives_;
  std::vector<Interval> box_;
  std::vector<char> tight_;  ///< 1 for constraints that become equations
  std::vector<Equation> equations_;
  std::vector<int> chosen_;  ///< the variables of the equations
};

}  // namespace nonconvex
