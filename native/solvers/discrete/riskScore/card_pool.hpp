// The best cards of a search.
#pragma once

#include <vector>

#include "core/numbers.hpp"
#include "solvers/discrete/riskScore/problem.hpp"

namespace nonconvex {

/// Points of some features, none of them 0, with what makes risks of them.
struct ScoreCard {
  double objective = infinity;
  double intercept = 0;
  double scale = 1;
  std::vector<int> features = {};  ///< rising numbers of features
  std::vector<int> points = {};
};

/// The best card, and those near it where they are asked for.
class CardPool {
 public:
  explicit CardPool(const RiskScoreSettings& settings) : settings_(settings) {}

  /// Takes a card if it is good enough. Features may have 0 points and come in any order.
  void offer(ScoreCard card);
  bool empty() const { return cards_.empty(); }
  /// All cards, the best first.
  const std::vector<ScoreCard>& cards() const { return cards_; }
  double objective() const { return cards_.empty() ? infinity : cards_.front().objective; }
  /// The bound that cards need not be looked at from.
  double goal() const;
  /// Returns true if several cards are asked for.
  bool several() const { return settings_.poolSize > 1; }
  /// Returns true if a card with this objective could be taken.
  bool wants(double objective) const { return cards_.empty() || objective < (several() ? goal() : this->objective()); }

 private:
  struct Tuning;
  void normalize(ScoreCard& card) const;

  const RiskScoreSettings& settings_;
  std::vector<ScoreCard> cards_;
};

}  // namespace nonconvex
