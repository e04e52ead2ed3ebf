#include "solvers/discrete/riskScore/card_pool.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

struct CardPool::Tuning {
  static constexpr double share = 1 - 1e-6;  ///< rounding: of the tolerance, so that gaps of bounds are within it
};

double CardPool::goal() const {
  if (cards_.empty()) return infinity;
  if (!several()) return objective() - Tuning::share * settings_.tolerance;
  const double limit = objective() + settings_.poolWithin * std::abs(objective());
  return cards_.size() < at(settings_.poolSize) ? limit : std::min(limit, cards_.back().objective);
}

/// Sorts features, leaves out those without points, and divides points by what they have in common where the scale may
/// be as much larger.
void CardPool::normalize(ScoreCard& card) const {
  std::vector<std::pair<int, int>> entries;
  int common = 0;
  for (std::size_t k = 0; k < card.features.size(); ++k) {
    if (card.points[k] == 0) continue;
    entries.emplace_back(card.features[k], card.points[k]);
    common = std::gcd(common, card.points[k]);
  }
  std::sort(entries.begin(), entries.end());
  card.features.clear();
  card.points.clear();
  if (settings_.scaling == ScoreScale::one || common * card.scale > settings_.maxScale) common = 1;
  for (const auto& [feature, points] : entries) {
    card.features.push_back(feature);
    card.points.push_back(points / common);
  }
  card.scale *= std::max(common, 1);
}

void CardPool::offer(ScoreCard card) {
  if (!wants(card.objective)) return;
  normalize(card);
  if (!several()) {
    cards_.assign(1, std::move(card));
    return;
  }
  for (const ScoreCard& other : cards_) {
    if (other.features == card.features && other.points == card.points) return;
  }
  const auto place =
      std::upper_bound(cards_.begin(), cards_.end(), card.objective,
                       [](double objective, const ScoreCard& other) { return objective < other.objective; });
  cards_.insert(place, std::move(card));
  while (cards_.size() > at(settings_.poolSize)) cards_.pop_back();
  const double limit = objective() + settings_.poolWithin * std::abs(objective());
  while (cards_.back().objective > limit) cards_.pop_back();
}

}  // namespace nonconvex
