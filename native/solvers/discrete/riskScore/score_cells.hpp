// Rows that some features do not tell apart, as one: what a card of these features is fitted to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "methods/scaled_box/scaled_box_newton.hpp"
#include "solvers/discrete/riskScore/score_rows.hpp"

namespace nonconvex {

/// Distinct values of k features, in columns, with the weight of all rows and that of the event. Columns are padded
/// with cells of weight 0 to whole lanes.
struct ScoreCells {
  static constexpr std::size_t lanes = 8;  // definition: numbers that a loop takes at once

  std::size_t count = 0;   ///< cells
  std::size_t stride = 0;  ///< the length of a column
  std::size_t k = 0;
  double total = 1;  ///< weight of all rows
  std::vector<double> x, weight, positives;

  /// Sets the sizes; all cells have weight 0.
  void resize(std::size_t cells, std::size_t features);
  /// No function of these features has a smaller mean log loss.
  double entropy() const;
};

/// Which cell each merged row is in.
struct ScorePartition {
  std::vector<std::int32_t> cell;
  std::int32_t cells = 1;
};

/// Makes cells of merged rows.
class CellMaker {
 public:
  explicit CellMaker(const ScoreRows& rows) : rows_(rows) {}

  /// One cell of all rows.
  void whole(ScorePartition& out) const;
  /// The cells of `from`, told apart by one more feature.
  void refine(const ScorePartition& from, int feature, ScorePartition& out);
  void collect(const ScorePartition& partition, std::span<const int> features, ScoreCells& out);
  void make(std::span<const int> features, ScoreCells& out);

 private:
  const ScoreRows& rows_;
  ScorePartition first_, second_;
  std::vector<std::int32_t> table_, representative_;
  std::vector<std::uint64_t> keys_;
};

/// The mean log loss sum_c [w_c log(1 + e^{s_c}) - p_c s_c] / total of s = x z_1..k + z_{k+1}.
class ScoreLoss final : public ConvexFunction {
 public:
  explicit ScoreLoss(const Cpu& la) : la_(la) {}

  /// `cells` must outlive what is evaluated.
  void take(const ScoreCells& cells);
  double evaluate(std::span<const double> z, std::span<double> gradient, std::span<double> hessian) override;
  void checkpoint() const override;
  /// The value alone.
  double value(std::span<const double> z);

 private:
  void setScores(std::span<const double> z);

  const Cpu& la_;
  const ScoreCells* cells_ = nullptr;
  std::vector<double> scores_, slopes_, curvatures_, weighted_;
};

}  // namespace nonconvex
