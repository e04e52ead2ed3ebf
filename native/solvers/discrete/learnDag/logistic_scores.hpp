// Local scores of columns of 0 and 1 by logistic regressions.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "data/matrix_input.hpp"
#include "methods/scaled_box/scaled_box_newton.hpp"
#include "solvers/discrete/learnDag/dag_columns.hpp"
#include "solvers/discrete/learnDag/local_scores.hpp"

namespace nonconvex {

/// Rows of bits, equal ones as one.
class BinaryRows {
 public:
  /// A RangeError names an entry that is neither 0 nor 1.
  void read(const Cpu& la, const MatrixInput& x);

  std::size_t count() const { return weight_.size(); }
  bool bit(std::size_t row, int j) const {
    const auto place = static_cast<std::size_t>(j);
    return ((bits_[row * words_ + place / 64] >> (place % 64)) & 1) != 0;
  }
  double weight(std::size_t row) const { return weight_[row]; }

 private:
  std::size_t words_ = 0;
  std::vector<std::uint64_t> bits_;
  std::vector<double> weight_;
};

/// The mean log loss of a node by an intercept and the columns of its parents.
class LogisticFit final : public ConvexFunction {
 public:
  explicit LogisticFit(const BinaryRows& rows, int columns, int total);

  struct Result {
    double loss = 0;   ///< the sum over all rows
    double bound = 0;  ///< a lower bound of the least loss
  };
  /// Fits; z() has the weights and then the intercept.
  Result run(int j, std::span<const int> parents);
  std::span<const double> z() { return newton_.z(); }
  /// Twice the gain of one step along each other column, as far as the curvature there says.
  void scores(int j, std::span<const int> candidates, std::vector<double>& gains);

  double evaluate(std::span<const double> z, std::span<double> gradient, std::span<double> hessian) override;

 private:
  struct Tuning;
  struct Cell {
    double weight = 0;
    double positives = 0;
    std::size_t row = 0;  ///< one of its rows
  };
  void makeCells(int j, std::span<const int> parents);

  const BinaryRows& rows_;
  double total_;
  ScaledBoxNewton newton_;
  ScaledBox box_;
  std::vector<Cell> cells_;
  std::vector<int> parents_, active_;
};

class LogisticScores final : public LocalScores {
 public:
  LogisticScores(const BinaryRows& rows, const DagColumns& columns, const DagConditions& conditions, double penalty);

  double loss(int j, std::span<const int> parents) override;
  DagFit fit(int j, std::span<const int> parents) override;
  double grow(int j, std::span<const int> candidates, std::vector<int>& parents) override;
  double leastLoss(int j) override;
  double rounding(double losses) const override;

  const BinaryRows& rows() const { return rows_; }
  const DagColumns& columns() const { return columns_; }

 private:
  friend class LogisticTables;
  struct Tuning;

  bool addBest(int j, std::span<const int> candidates, std::vector<int>& parents, double& loss);
  bool dropWorst(int j, std::size_t required, std::vector<int>& parents, double& loss);

  const BinaryRows& rows_;
  const DagColumns& columns_;
  LogisticFit fit_;
  std::vector<double> gains_;
};

/// Local scores for a search of all graphs, each a regression.
class LogisticTables : public ScoreTables {
 public:
  LogisticTables(const Cpu& la, LogisticScores& scores);
  void fill(int j, std::uint32_t required, std::uint32_t optional, std::uint32_t first,
            std::span<double> out) const override;
  double rounding(double losses) const override;

 private:
  const Cpu& la_;
  LogisticScores& scores_;
  std::vector<double> alone_;            ///< losses without parents
  mutable std::atomic<double> off_ = 0;  ///< the most that a loss was above its bound
};

}  // namespace nonconvex
