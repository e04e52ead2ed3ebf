// Best subsets along falling lambdas, each with a bound of what any other subset could reach.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/problem.hpp"
#include "solvers/sparse/subsets/subset_enumeration.hpp"
#include "solvers/sparse/subsets/subset_gram.hpp"
#include "solvers/sparse/subsets/subset_search.hpp"
#include "solvers/sparse/subsets/subset_tree.hpp"

namespace nonconvex {

/// minimise sum_i w_i (y_i - b_0 - x_i . b)^2 / 2 + lambda sum_j f_j [b_j != 0] + ridge / 2 ||b||^2 along falling
/// lambdas, or over at most so many columns, without lambda, for sizes that grow: a local search from the subset
/// before, then branch and bound.
///
/// Where columns depend on each other a relaxation bounds nothing unless coefficients are bounded. Few such columns are
/// enumerated instead, which proves the subset whatever the size of coefficients. Else these are kept to a cap, which
/// is raised while it holds any coefficient of the best subset; a model that it holds to the end has no bound.
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
  struct Tuning;
  SubsetObjective objectiveAt(double lambda) const;
  bool needsCap();
  double capFor(const Subset& found);
  void lead(double lambda);
  bool enumerate(const SubsetObjective& objective, double tolerance, SubsetTree::Outcome& outcome);
  SubsetTree::Outcome searchTree(const SubsetObjective& objective, double tolerance, SubsetTree::Outcome before);
  SubsetTree::Outcome searchWithinCap(SubsetObjective& objective, double tolerance, SubsetTree::Outcome outcome);
  PathModel solve(SubsetObjective objective, Subset best);
  PathModel model(const SubsetObjective& objective, const SubsetTree::Outcome& outcome);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  SubsetGram gram_;
  SubsetSearch search_;
  SubsetTree tree_;
  std::optional<SubsetEnumeration> enumeration_;
  bool enumerates_ = false;  ///< until that took too many nodes
  double largestFound_ = 0;  ///< coefficient of least squares on a subset that was the best
  Subset before_, start_;
  bool begun_ = false;
  double nodesLeft_ = 0;
};

}  // namespace nonconvex
