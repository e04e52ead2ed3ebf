// Branch and bound of quadratic programs on semidefinite relaxations.
#pragma once

#include "methods/low_rank_sdp/box_quadratic_search.hpp"
#include "solvers/nlp/minimizeGlobally/global_method.hpp"
#include "solvers/nlp/minimizeGlobally/global_model.hpp"

namespace nonconvex {

/// BoxQuadraticSearch of a model that is quadratic.
class QuadraticSearch final : public GlobalMethod {
 public:
  /// `problem` is the quadratic form of `model`. `la` and `model` must outlive this.
  QuadraticSearch(const Cpu& la, const GlobalModel& model, const BoxQuadratic& problem,
                  const MinimizeGloballySettings& settings);

  void consider(std::span<const double> x) override;
  bool begin(const std::vector<std::vector<double>>& starts) override;
  std::optional<Status> step() override;
  const GlobalPoint& best() const override { return best_; }
  double lowerBound() const override { return search_.lowerBound(); }
  double nodes() const override { return search_.nodes(); }
  double open() const override { return static_cast<double>(search_.open()); }
  GlobalCounts counts() const override { return counts_; }
  OpenBoxes openBoxes() const override;

 private:
  void take(const std::optional<GlobalPoint>& point);
  void takeBest();
  BoxQuadraticSettings settingsOf(const MinimizeGloballySettings& settings, const BoxQuadratic& problem);
  bool isInside(std::span<const double> x) const;

  const LiftedProgram& program_;
  bool hasRows_;
  PointSearch points_;
  BoxQuadraticSearch search_;
  double taken_ = infinity;  // objective of the search's point that was taken last
  GlobalPoint best_;
  GlobalCounts counts_;
};

}  // namespace nonconvex
