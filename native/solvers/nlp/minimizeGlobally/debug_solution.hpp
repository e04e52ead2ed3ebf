// A known solution that a search follows, to find the step that loses it.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "expressions/lifted/lifted_derivatives.hpp"

namespace nonconvex {

/// A known solution of a lifted program. Each step of a branch and bound keeps it: the box that had it has it after the
/// step, and no bound lies above its objective. It is known up to rounding, as an interval for each column: those of
/// the columns follow from x by their definitions, which no step uses.
///
/// T. Achterberg, "Constraint Integer Programming", 2007, section 3.8: debug solutions of SCIP.
class DebugSolution {
 public:
  /// `program` must outlive this.
  DebugSolution(const LiftedProgram& program, std::span<const double> x);

  /// What bounds have to reach in a search that follows the solution: a number above the objective there.
  double goal() const { return objective_.high + Tuning::room * (1 + std::abs(objective_.high)); }
  /// A place to split this column at: `place`, unless it is so near that both parts may have the solution; none where
  /// the solution is not known well enough.
  std::optional<double> placeBeside(int column, Interval box, double place) const;
  /// Returns true if the box may have the solution.
  bool isIn(std::span<const Interval> box) const;
  /// Throws a SolverError DEBUG_SOLUTION_LOST that names the step unless the box still has the solution.
  void expectIn(std::span<const Interval> box, std::string_view step) const;
  /// Throws a SolverError DEBUG_SOLUTION_LOST that names the step if the bound is above the objective.
  void expectAbove(double bound, std::string_view step) const;

 private:
  struct Tuning {
    static constexpr double x = 1e-8;          ///< rounding: of solutions, which satisfy constraints to 1e-8
    static constexpr double objective = 1e-6;  ///< rounding: of the objective where x is rounded
    static constexpr double beside = 0.1;      ///< safeguard: share of a box between the solution and a split
    static constexpr double room = 1e-5;  ///< safeguard: a goal near the objective makes steps by it as sharp as can be
  };

  std::vector<Interval> columns_;
  Interval objective_;
};

}  // namespace nonconvex
