// Branch and bound of any lifted program on linear relaxations.
#pragma once

#include "solvers/nlp/minimizeGlobally/global_method.hpp"
#include "solvers/nlp/minimizeGlobally/search.hpp"

namespace nonconvex {

/// GlobalSearch in rounds of boxes.
class LinearMethod final : public GlobalMethod {
 public:
  /// `la` and `model` must outlive this. Throws a SolverError OUT_OF_MEMORY where the linear programs are too large.
  LinearMethod(const Cpu& la, const GlobalModel& model, const MinimizeGloballySettings& settings);

  /// Throws a SolverError OUT_OF_MEMORY if linear programs of so many columns need more than there is.
  static void requireMemoryFor(std::size_t columns);

  /// GlobalSearch::follow
  void follow(std::span<const double> x) { search_.follow(x); }

  void consider(std::span<const double> x) override { search_.consider(x); }
  bool begin(const std::vector<std::vector<double>>& starts) override;
  std::optional<Status> step() override { return tree_.step(); }
  bool unbounded() const override { return search_.unbounded(); }
  const GlobalPoint& best() const override { return search_.best(); }
  double lowerBound() const override { return tree_.lowerBound(); }
  double quickBound() override { return search_.quickBound(); }
  double nodes() const override { return tree_.nodes(); }
  double open() const override { return static_cast<double>(tree_.open()); }
  GlobalCounts counts() const override { return search_.counts(); }
  OpenBoxes openBoxes() const override;
  std::span<const int> stalledAtoms() const override { return search_.stalledAtoms(); }

 private:
  struct Tuning {
    static constexpr int together = 64;  ///< published: boxes of a round (plan of the method, 7)
  };

  GlobalSearch search_;
  TreeSearch<GlobalSearch> tree_;
};

}  // namespace nonconvex
