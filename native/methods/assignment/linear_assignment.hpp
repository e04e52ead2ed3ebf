// The linear assignment problem, with multipliers that prove its answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// Multipliers u of rows and v of columns with u_i + v_j <= c_ij in exact arithmetic for all pairs, and v <= 0 where
/// there are more columns than rows. So no assignment costs less than `bound`, the sum of all.
struct AssignmentMultipliers {
  std::vector<double> u, v;
  double bound = 0;
};

/// min sum_i c_{i s(i)} over one-to-one maps s of n rows to m >= n columns. Pairs of cost infinity are forbidden.
///
/// R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems",
/// Computing 38, 1987, without their reduction transfer; for m > n after D. F. Crouse, "On implementing 2D rectangular
/// assignment algorithms", IEEE Transactions on Aerospace and Electronic Systems 52, 2016. O(n^2 m).
class LinearAssignment {
 public:
  struct Tuning {
    /// published: How often rows without a column are gone through by the row reduction, as in Jonker and Volgenant.
    static constexpr int sweeps = 2;
    /// safeguard: Row reductions of a sweep, for each row: prices of real numbers can rise by little for ever.
    static constexpr int mostReductions = 4;
    /// rounding: A pair whose reduced cost is this share of its terms above the least one of its row is kept at a
    /// start.
    static constexpr double tight = 1e-14;
    /// rounding: Costs above this size could have sums that overflow.
    static constexpr double largestCost = 1e290;
  };

  LinearAssignment(const Cpu& la, int rows, int columns);

  /// Bytes that an assignment of this size takes beside its costs.
  static double bytes(int rows, int columns);

  /// Assigns what the reduction of costs can. `costs` are rows x columns, row after row, each at most
  /// `Tuning::largestCost` in size or infinite, and have to stay.
  void start(const double* costs);
  /// Begins at multipliers of columns and the column of each row, -1 for none: those of an earlier assignment of nearly
  /// these costs leave little to do. Columns come at most once.
  void start(const double* costs, std::span<const double> v, std::span<const int> columnOf);
  /// Gives one more row a column; false if there is none left to do.
  bool step();

  /// False once a step has found rows that have fewer columns than they are.
  bool feasible() const { return tooMany_.empty(); }
  /// True if each row has a column.
  bool complete() const { return waiting_.empty(); }
  /// Rows without a column.
  int waiting() const { return static_cast<int>(waiting_.size()); }

  /// The column of each row, -1 where it has none yet.
  const std::vector<int>& columnOf() const { return columnOf_; }
  const std::vector<int>& rowOf() const { return rowOf_; }

  /// Rows whose allowed pairs are all with `theirColumns()`, which are fewer, if there is no assignment (P. Hall,
  /// 1935).
  const std::vector<int>& tooMany() const { return tooMany_; }
  const std::vector<int>& theirColumns() const { return theirColumns_; }

  /// The proof of the lower bound, at any time; O(n m).
  AssignmentMultipliers multipliers() const;

 private:
  /// A column whose shortest distance is known, while a path is looked for.
  struct Closed {
    int column;
    double distance;
    double v;
  };

  const double* row(int i) const;
  void clear(const double* costs);
  void reduce();
  bool keepTight();
  void reduceColumns();
  void reduceRows();
  int reduceRow(int i);
  int equalColumn(int i, double least, int other) const;
  void assign(int i, int j);
  int grow(int first, double& length);
  void reopen();
  void augment(int first, int column, double length);

  const Cpu& la_;
  int n_, m_;
  const double* costs_ = nullptr;
  std::vector<int> columnOf_, rowOf_;
  std::vector<double> v_;      // -infinity at closed columns, while a path is looked for
  std::vector<double> taken_;  // infinity where a column has a row, else 0
  std::vector<double> distance_;
  std::vector<std::int64_t> from_;
  std::vector<int> waiting_, again_;
  std::vector<Closed> closed_;
  std::vector<int> tooMany_, theirColumns_;
};

}  // namespace nonconvex
