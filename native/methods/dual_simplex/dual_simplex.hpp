// Linear programs with few columns, solved again and again with other bounds, rows and costs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "methods/dual_simplex/basis_side.hpp"
#include "methods/dual_simplex/safe_bound.hpp"

namespace nonconvex {

enum class LpStatus {
  optimal,
  infeasible,
  unbounded,
  cutoff,          ///< the dual objective exceeds the limit
  iterationLimit,  ///< or stopped; the multipliers are those of the last basis
  failed           ///< rounding errors: the multipliers are those of the last basis
};

struct SimplexState;

/// min c.z over L <= A z <= U and l <= z <= u, any side infinite: a bounded dual simplex method with Devex weights
/// (P. Harris, "Pivot selection methods of the Devex LP code", Math. Program. 5, 1973) and a ratio test that passes
/// breakpoints of boxed variables (I. Maros, "A generalized dual phase-2 simplex algorithm", Eur. J. Oper. Res. 149,
/// 2003), and a primal simplex method where the basis is feasible for the bounds and not for the costs. A solve costs
/// time by the number of pivots, each some rows x entries plus columns x basic columns.
///
/// A solve begins with the basis of the last one. After setBasis() its results depend on the program and the basis
/// alone, not on what the object solved before. An object belongs to one thread at a time; copies are independent.
class DualSimplex {
 public:
  struct Basis {
    std::vector<std::uint8_t> columns, rows;
  };

  explicit DualSimplex(int columns);
  DualSimplex(const DualSimplex& other);
  DualSimplex& operator=(const DualSimplex& other);
  DualSimplex(DualSimplex&&) noexcept;
  DualSimplex& operator=(DualSimplex&&) noexcept;
  ~DualSimplex();

  int columns() const;
  int rows() const;
  /// The usual size of a column's values, a power of two; 1 where it is not said. There may be no rows yet.
  void setColumnScales(std::span<const double> scales);
  /// Appends a row, whose slack is basic, and returns its number.
  int addRow(std::span<const int> index, std::span<const double> value, double lower, double upper);
  /// Forgets the rows from number count on.
  void truncateRows(int count);
  /// Gives a row other values in the same columns, and other sides.
  void changeRow(int row, std::span<const double> value, double lower, double upper);
  void setCost(std::span<const double> c);
  void setBounds(std::span<const double> lower, std::span<const double> upper);
  void setBound(int column, double lower, double upper);
  /// All rows as they were given.
  LpRows linearRows() const;

  Basis basis() const;
  /// Takes any basis, also one of fewer rows, whose others become basic; a singular one is repaired.
  void setBasis(const Basis& basis);
  /// Takes the basis of a vertex near x, of all columns, with about the multipliers y of the rows and the reduced costs
  /// r. Costs, bounds and sides may have changed since.
  void setNear(std::span<const double> x, std::span<const double> y, std::span<const double> r);

  /// Asks `stop`, where there is one, now and then whether to end; it may throw, too, which leaves no answer. Ends with
  /// `cutoff` once no point has an objective below `objectiveLimit`, as far as rounding errors allow.
  LpStatus solve(const std::function<bool()>* stop = nullptr, double objectiveLimit = infinity,
                 int pivotLimit = 1000000);

  std::span<const double> x() const { return x_; }
  double objective() const { return objective_; }
  /// y, one number a row: r = c - A^T y. Rows with y_i > 0 are at the lower side, those with y_i < 0 at the upper one.
  std::span<const double> multipliers() const { return multipliers_; }
  std::span<const double> reducedCosts() const { return reducedCosts_; }
  /// y of an infeasible program: with c = 0 its bound is above 0, up to rounding errors at infinite bounds of columns.
  /// Empty where a lower bound exceeds an upper one.
  std::span<const double> ray() const { return ray_; }
  /// An unbounded program's direction, in which the objective falls for ever.
  std::span<const double> direction() const { return direction_; }
  /// Solves, and moves to a vertex where free columns leave the solution beside one; only lines in the feasible set
  /// keep it from that.
  LpStatus solveForVertex(const std::function<bool()>* stop, int pivotLimit);
  /// Returns true if a column or a row is at a bound with a multiplier of 0, about.
  bool isDegenerate() const;
  /// A number that c.z is not below for any point of the program, in exact arithmetic, where sides of rows may be wrong
  /// by `errors`: safeBound of the multipliers of a solve that was optimal. Where that is -infinity, since rounding
  /// errors let the reduced cost of a column point to a bound that is not there, it is that of multipliers for slightly
  /// smaller costs (C. Jansson, "Rigorous lower and upper bounds in linear programming", SIAM J. Optim. 14, 2004).
  double provenBound(std::span<const double> errors = {}) const;
  /// Number of pivots and of refactorisations of all solves.
  std::int64_t pivots() const;
  std::int64_t factorisations() const;

 private:
  LpStatus takeResult(LpStatus status);
  void takeMultipliers();
  bool takeRay();

  std::unique_ptr<SimplexState> state_;
  std::vector<double> x_, multipliers_, reducedCosts_, ray_, direction_;
  double objective_ = 0;
};

}  // namespace nonconvex
