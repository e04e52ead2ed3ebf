// The linear relaxation of a lifted program over a box.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "expressions/lifted/lifted_program.hpp"
#include "methods/dual_simplex/dual_simplex.hpp"

namespace nonconvex {

/// Rows of the lifted program, lines and planes that bound its atoms over a box, and objective <= cutoff. The bounds
/// that it gives hold in exact arithmetic: each row is satisfied by all admissible points of the box, and bounds are
/// made of the multipliers alone. An object belongs to one thread at a time; its results depend on what it is given,
/// not on earlier boxes.
class LinearRelaxation {
 public:
  /// `program` must outlive this.
  LinearRelaxation(const LiftedProgram& program, std::span<const Interval> root);

  /// Takes a box, and makes the rows of atoms for it, which touch near the point.
  void setBox(std::span<const Interval> box, std::span<const double> near, double cutoff);
  void setBasis(const DualSimplex::Basis& basis) { lp_.setBasis(basis); }
  DualSimplex::Basis basis() const;

  /// A lower bound of the objective over the box: infinity if no point is there, -infinity if nothing is known. The
  /// simplex method is asked to stop by `stop`, and where it exceeds the limit.
  double minimise(const std::function<bool()>& stop, double limit);
  /// A lower bound of sign z_column over the box.
  double minimiseColumn(int column, double sign, const std::function<bool()>& stop);
  /// Adds lines and planes that touch at the last solution, and returns how many.
  int addTouching(std::span<const Interval> box);

  /// The last solution, of all columns; only a hint.
  std::span<const double> x() const { return lp_.x(); }
  bool hasPoint() const { return hasPoint_; }
  /// Bounds on columns that follow from the reduced costs of the last `minimise`: no point outside has an objective
  /// below `cutoff`. Its bound is kept here, as one of other multipliers would cut points off.
  void tightenByReducedCosts(std::vector<Interval>& box, double cutoff) const;
  /// The sum of the sizes of the multipliers of an atom's rows.
  double weightOf(int atom) const;
  std::int64_t pivots() const { return lp_.pivots(); }

 private:
  struct Tuning {
    static constexpr double small = 1e-8;  ///< rounding: coefficients below are replaced by their range
    static constexpr double steep = 1e8;   ///< safeguard: larger coefficients make no row
    static constexpr double far = 1e12;    ///< safeguard: larger sides make no row
    static constexpr double violated =
        1e-6;  ///< rounding: violations of solutions of linear programs, relative to the value
    static constexpr double leastReducedCost = 1e-7;  ///< rounding: smaller reduced costs say little
    static constexpr int pivots = 5000;               ///< safeguard: pivots of one solve
  };
  /// Rows of one atom, all of them of the same columns.
  struct Slots {
    int first = 0, below = 0, above = 0;
  };

  void setRow(int row, std::span<const int> index, std::span<const double> value, std::span<const double> error,
              double lower, double upper);
  void setLine(int row, const LiftedAtom& atom, StraightLine line, bool isBelow);
  void setPlane(int row, const LiftedAtom& atom, double ofX, double ofY, double lower, double upper);
  void setAtom(const LiftedAtom& atom, const Slots& slots, std::span<const double> near);
  void setProduct(const LiftedAtom& atom, int row);
  void setPerspective(const LiftedAtom& atom, int row, double ratio);
  double boundOf(LpStatus status, std::span<const double> cost);

  const LiftedProgram& program_;
  DualSimplex lp_;
  std::vector<Interval> box_;
  std::vector<double> cost_, unit_;
  std::vector<Slots> slots_;  ///< rows of each atom
  std::vector<double> low_, high_, work_;
  int base_ = 0;  ///< rows without those that touch at a solution
  bool hasPoint_ = false;
  double objectiveError_ = 0;
  double bound_ = -std::numeric_limits<double>::infinity();  ///< bound of the objective by the last multipliers
};

}  // namespace nonconvex
