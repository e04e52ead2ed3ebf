// Best subsets along falling lambdas, each with a bound of what any other subset could reach.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/engine.hpp"
#include "solvers/sparse/problem.hpp"
#include "solvers/sparse/subset_gram.hpp"
#include "solvers/sparse/subset_search.hpp"
#include "solvers/sparse/subset_tree.hpp"

namespace nonconvex {

/// minimise sum_i w_i (y_i - b_0 - x_i . b)^2 / 2 + lambda sum_j f_j [b_j != 0] + ridge / 2 ||b||^2 along falling
/// lambdas, or over at most so many columns, without lambda, for sizes that grow: a local search from the subset
/// before, then branch and bound.
class SubsetPath : public PathEngine {
 public:
  SubsetPath(const Cpu& la, const SparseData& data, const SparseSettings& settings);

  void fitNull() override;
  void begin(std::span<const double> coefficients, std::span<const double> intercepts) override;
  std::vector<PathModel> fit(std::span<const double> lambdas) override;
  PathModel fitSize(int size) override;
  bool leadsItself() const override { return true; }
  double evaluations() const override { return gram_.computed(); }
  double sweeps() const override { return search_.sweeps(); }

 private:
  SubsetObjective objectiveAt(double lambda) const;
  double largestFor(const Subset& found);
  void lead(double lambda);
  PathModel solve(SubsetObjective objective, Subset best);
  PathModel model(const SubsetObjective& objective, const SubsetTree::Outcome& outcome);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  SubsetGram gram_;
  SubsetSearch search_;
  SubsetTree tree_;
  Subset before_, start_;
  bool begun_ = false;
  double nodesLeft_ = 0;
};

}  // namespace nonconvex
