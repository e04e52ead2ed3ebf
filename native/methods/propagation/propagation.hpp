// Bounds of columns that follow from one relation at a time.
#pragma once

#include <span>
#include <vector>

#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// Tightens a box by the rows and atoms of a lifted program, forward and backward, until no bound moves much. No point
/// of the box that satisfies all relations is lost, in exact arithmetic.
///
/// P. Belotti, S. Cafieri, J. Lee, L. Liberti, "On feasibility based bounds tightening", 2012.
class Propagation {
 public:
  /// `program` must outlive this.
  explicit Propagation(const LiftedProgram& program) : program_(program) {}

  /// Tightens `box` under objective <= cutoff by at most `sweeps` sweeps; returns false if no point is left.
  bool run(std::vector<Interval>& box, double cutoff, int sweeps) const;

 private:
  struct Tuning {
    static constexpr double moved = 0.01;  ///< published: share of its width by which a bound has to move
  };
  struct Sweep {
    std::vector<Interval>& box;
    bool moved = false;
    bool empty = false;
  };

  void restrict(Sweep& sweep, int column, Interval to) const;
  void alongRow(Sweep& sweep, const LiftedRow& row) const;
  void alongAtom(Sweep& sweep, const LiftedAtom& atom) const;
  void alongObjective(Sweep& sweep, double cutoff) const;

  const LiftedProgram& program_;
};

}  // namespace nonconvex
