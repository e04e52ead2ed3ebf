// Gaussian local scores from correlations.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "solvers/discrete/learnDag/dag_columns.hpp"
#include "solvers/discrete/learnDag/local_scores.hpp"

namespace nonconvex {

/// The losses n/2 log RSS_j, or n RSS_j / (2 s^2) where s^2 is given: RSS_j is the mean square that the parents leave.
class GaussianScores : public LocalScores {
 public:
  GaussianScores(const DagColumns& columns, const DagConditions& conditions, double penalty, bool equalVariance);

  double loss(int j, std::span<const int> parents) override;
  DagFit fit(int j, std::span<const int> parents) override;
  double grow(int j, std::span<const int> candidates, std::vector<int>& parents) override;
  double leastLoss(int j) override;
  double rounding(double losses) const override;

  /// The mean square of residuals.
  double rest(int j, std::span<const int> parents) { return columns_.variance(j) * share(j, parents); }
  /// The mean over nodes of the mean squares of residuals.
  double meanRest(const Dag& dag);
  double variance() const { return variance_; }
  void setVariance(double variance) { variance_ = variance; }
  bool equalVariance() const { return equalVariance_; }

 private:
  friend class GaussianTables;
  struct Tuning;

  double lossOf(int j, double share) const;
  double share(int j, std::span<const int> parents);
  void begin(int j);
  void add(int i);
  bool addBest(int j, std::span<const int> candidates);
  bool dropWorst(int j, std::size_t required);
  void factor();

  const DagColumns& columns_;
  const bool equalVariance_;
  double variance_ = 1;
  // A regression of one node, with what is left of all columns beside its parents:
  std::vector<int> parents_;
  std::vector<double> covariance_, left_, rows_;
  double share_ = 1;
  std::vector<double> inverse_;
};

/// log det of the correlations of all subsets of columns: differences of two are log RSS.
class GaussianTables : public ScoreTables {
 public:
  GaussianTables(const Cpu& la, const GaussianScores& scores);
  void fill(int j, std::uint32_t required, std::uint32_t optional, std::uint32_t first,
            std::span<double> out) const override;
  double rounding(double losses) const override { return scores_.rounding(losses); }

  static double bytes(int columns);

 private:
  class Elimination;

  const GaussianScores& scores_;
  HostBuffer<double> logDet_;
};

}  // namespace nonconvex
