// The data of a two-layer ReLU training problem, checked and brought into the shape that the solver works on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "linalg/views.hpp"
#include "solvers/relu/loss.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// The matrix that ReluSystem solves its equations with.
enum class ReluSystemBy { rows, weights, products };

/// Returns true if n rows of d numbers stay in a core's cache: with several outputs, rows are then listed by pattern.
constexpr bool staysInCache(int d, int n) {
  constexpr std::size_t most = std::size_t{1} << 18;
  return static_cast<std::size_t>(d) * static_cast<std::size_t>(n) <= most;
}

/// Columns that the approximation of K0 may have: applying it costs as much as a quarter of a product with K0.
int preconditionerRank(int n, int dimension, int patterns);

/// Rows are scaled by one power of two and, where asked for, columns by their norms. With x' = x diag(columnScale)^{-1}
/// the program over x' with weights v' is the one over x with v = diag(columnScale)^{-1} v'.
struct ReluData {
  /// Refuses a problem for which the solver would need more than `available` bytes, with `numberBytes` bytes a number.
  /// Calls `look` now and then, which may throw.
  ReluData(
      const ReluProblem& problem, const ReluSettings& settings, double available, int numberBytes,
      const std::function<void()>& look = [] {});

  /// This data, or one output of it whose losses are not weighted, with other patterns, which must be distinct and none
  /// all zero: directions of unit length, and n x P masks of ones and zeros.
  ReluData withPatterns(const ReluSettings& settings, HostMatrix<double> gates, HostMatrix<double> masks,
                        double available, std::optional<int> output = {}) const;

  /// Every `step`-th row of this data, with the share of lambda that goes with them; without patterns.
  ReluData everyRow(int step) const;

  /// Between weights of the user's network (on x / inputScale and 1) and of the scaled data. With fixed directions
  /// (`method: 'sampled'`) a scaled weight is one number, a multiple of direction i.
  void scaleWeights(const double* weights, int i, double* scaled) const;
  void unscaleWeights(const double* scaled, int i, double* weights) const;
  /// Directions that act on (z, 1), as ReluSolution::gates, from directions that act on the columns of xt.
  HostMatrix<double> unscaledGates(const HostMatrix<double>& scaled) const;
  /// values := their sums over the ranks that have rows.
  void together(std::span<double> values) const {
    if (ranks) ranks->sum(values);
  }
  double together(double value) const { return ranks ? ranks->sum(value) : value; }
  /// Factor from ||scaled|| to the norm that the user's lambda weighs.
  double normScale() const { return 1 / rowScale; }

  struct Tuning;

  std::shared_ptr<Ranks> ranks;    ///< the ranks that hold the other rows; null if all rows are here
  int n;                           ///< rows
  int d;                           ///< columns, the bias included
  int c;                           ///< outputs
  HostMatrix<double> xt;           ///< d x n: column k is row k of the scaled data
  HostMatrix<double> y;            ///< n x c; and their weights in a column more where the loss is weighted
  HostBuffer<double> roots;        ///< rows of xt and y are times the roots of their weights, squared loss; else empty
  double constant = 1;             ///< the entries of the constant column, before that
  HostBuffer<double> columnScale;  ///< d
  HostBuffer<double> inputShift;   ///< shifts of the user's columns, as in ReluSolution
  HostBuffer<double> inputScale;   ///< scales of the user's columns, as in ReluSolution
  double rowScale;                 ///< the power of two: xt = (x - inputShift) / (inputScale rowScale)
  double typical;                  ///< root mean square of xt without the constant column
  HostMatrix<double> gates;        ///< act on the columns of xt, have unit length; their patterns may coincide
  HostMatrix<double> masks;        ///< their patterns, n x P, where these are distinct and known already
  bool exact;                      ///< their patterns are all that exist
  bool directions;                 ///< weights are multiples of the gates, which have unit length
  bool bias;                       ///< the last column is the constant one
  double lambda;                   ///< weight of the penalty on scaled weights
  ReluRowLoss loss;
  ReluSystemBy system;  ///< how ReluSystem works

 private:
  ReluData() = default;
  void copyColumns(const ReluData& from);
  void chooseGates(const ReluPatterns& wanted, const ReluSettings& settings);
};

}  // namespace nonconvex
