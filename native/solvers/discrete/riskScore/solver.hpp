// Integer score cards with a proof.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "methods/tree_search/tree_search.hpp"
#include "solvers/discrete/riskScore/card_pool.hpp"
#include "solvers/discrete/riskScore/problem.hpp"
#include "solvers/discrete/riskScore/score_rows.hpp"
#include "solvers/discrete/riskScore/support_search.hpp"

namespace nonconvex {

/// min over integers l, at most k of them not 0, an intercept b and a scale t of
///   sum_i w_i [log(1 + e^{s_i}) - y_i s_i] / sum_i w_i + price (number of l_j not 0),   s_i = b + t l^T x_i,
/// with b and 0 <= t <= maxScale real, or b an integer and t = 1, by branch and bound over the features of a card and
/// then over its points.
///
/// The problem with t = 1 is that of B. Ustun, C. Rudin, "Learning optimized risk scores", JMLR 20(150), 2019; the one
/// with a free scale is searched by a heuristic in J. Liu, C. Zhong, B. Li, M. Seltzer, C. Rudin, "FasterRisk: fast and
/// accurate interpretable risk scores", NeurIPS 2022.
class RiskScoreSearch {
 public:
  static constexpr bool decidesSolved = true;
  static constexpr bool buildsUnread = true;  // start() is the first to read the rows

  RiskScoreSearch(const Cpu& la, const RiskScoreProblem& problem, const RiskScoreSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  RiskScoreProgress progress() const;
  RiskScoreSolution solution() const;
  bool keepsBest() const { return true; }
  std::string explain(Status status) const;

 private:
  double lowerBound() const;
  void describe(RiskScoreSolution& made, const ScoreCard& card) const;
  void describeTotals(RiskScoreSolution& made) const;
  std::vector<int> pointsOf(const ScoreCard& card) const;
  double shiftOf(const ScoreCard& card) const;

  const Cpu& la_;
  const RiskScoreProblem& problem_;
  const RiskScoreSettings settings_;
  ScoreRows rows_;
  CardPool pool_;
  std::unique_ptr<SupportSearch> supports_;
  std::unique_ptr<TreeSearch<SupportSearch>> tree_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class RiskScoreSolver : public RiskScoreSearch {
 public:
  using RiskScoreSearch::RiskScoreSearch;
};

}  // namespace nonconvex
