// The last digits of solutions of convex quadratic programs.
#pragma once

#include <optional>

#include "linalg/cpu.hpp"
#include "methods/quadratic/proximal_interior_point.hpp"

namespace nonconvex {

/// Lowers what rounding has left of the errors of a solution and need not be there: that of multipliers which could be
/// much smaller, and a gap that a move of x by almost nothing closes.
class QuadraticRefinement {
 public:
  /// Both must outlive this.
  QuadraticRefinement(const Cpu& la, ProximalInteriorPoint& method) : la_(la), method_(method) {}

  /// Replaces the best point of the method, a solution, by one with smaller errors. False where nothing is lower.
  bool refine();
  /// Gives the method the point back that it had.
  void takeBack();

 private:
  struct Tuning {
    static constexpr double notable = 0.05;   ///< safeguard: share of the tolerance that is worth a refinement
    static constexpr double allowed = 0.1;    ///< safeguard: share of the tolerance that closing a gap may cost
    static constexpr double closes = 0.5;     ///< safeguard: share of a gap that counts as closed
    static constexpr double rounds = 2;       ///< rounding: factor of errors that are rounding, in another point
    static constexpr double manyTerms = 100;  ///< safeguard: terms of a gap beside the objective that cancel
    static constexpr double shorter = 0.01;   ///< safeguard: size of multipliers that are worth looking for
    static constexpr double other = 0.9;      ///< safeguard: the same where terms of the gap cancel
  };

  bool shorten();
  bool closesGap();

  const Cpu& la_;
  ProximalInteriorPoint& method_;
  std::optional<BestQuadraticPoint> before_;
};

}  // namespace nonconvex
