#include "solvers/discrete/riskScore/point_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

struct CardPointSearch::Tuning {
  static constexpr double margin = 1e-9;      ///< rounding: what bounds are lowered by, relative to 1 + their size
  static constexpr int roundedDepth = 3;      ///< published: parts above this depth are rounded to cards
  static constexpr double whole = 1e-7;       ///< rounding: how near an integer counts as one
  static constexpr double fitted = 1e-9;      ///< rounding: a gap at which scale and intercept count as fitted
  static constexpr double cardGap = 1e-13;    ///< rounding: of the fit of scale and intercept
  static constexpr double leastScale = 1e-8;  ///< rounding: below this share of the largest a scale counts as 0
  static constexpr double share = 0.05;       ///< safeguard: a bound this near cannot close the part any more
};

CardPointSearch::CardPointSearch(const Cpu& la, const ScoreRows& rows, const RiskScoreSettings& settings,
                                 CardPool& pool)
    : la_(la),
      rows_(rows),
      settings_(settings),
      pool_(pool),
      newton_(rows.count() + 1),
      cardNewton_(2),
      loss_(la),
      cardLoss_(la) {}

/// The values that points may have in this search.
void CardPointSearch::setAllowed(std::span<const int> features, bool withZero) {
  allowed_.resize(features.size() + 1);
  for (std::size_t j = 0; j < features.size(); ++j) {
    const ScoreFeature& feature = rows_.features()[at(features[j])];
    allowed_[j] = feature.allowed;
    if (!withZero || feature.required) std::erase(allowed_[j], 0);
  }
}

/// The best intercept lies where some row has the risk of all rows: between the log-odds of these less the largest and
/// less the smallest score.
void CardPointSearch::setInterceptRange(std::span<const int> features) {
  const double odds = std::log(rows_.totalPositives() / (rows_.total() - rows_.totalPositives()));
  double least = 0, largest = 0;
  for (std::size_t j = 0; j < features.size(); ++j) {
    const std::vector<double>& levels = rows_.features()[at(features[j])].levels;
    const double low = most() * std::min(0, allowed_[j].front()), high = most() * std::max(0, allowed_[j].back());
    const auto [a, b] =
        std::minmax({low * levels.front(), low * levels.back(), high * levels.front(), high * levels.back()});
    least += a;
    largest += b;
  }
  leastIntercept_ = odds - largest;
  mostIntercept_ = odds - least;
  if (!whole()) return;
  leastIntercept_ = std::floor(leastIntercept_);
  mostIntercept_ = std::ceil(mostIntercept_);
}

void CardPointSearch::beginAtNothing(std::size_t features) {
  newton_.resize(static_cast<int>(features) + 1);
  const std::span<double> z = newton_.z();
  std::fill(z.begin(), z.end(), 0.0);
  z[features] = std::log(rows_.totalPositives() / (rows_.total() - rows_.totalPositives()));
  newton_.t() = most();
}

ScaledBoxNewton::Result CardPointSearch::relax(const ScoreCells& cells, std::span<const int> features,
                                               const ScaledBoxNewton::Ends& ends) {
  setAllowed(features, true);
  setInterceptRange(features);
  newton_.resize(static_cast<int>(features.size()) + 1);
  box_.lower.resize(features.size() + 1);
  box_.upper.resize(features.size() + 1);
  for (std::size_t j = 0; j < features.size(); ++j) {
    box_.lower[j] = most() * std::min(0, allowed_[j].front());
    box_.upper[j] = most() * std::max(0, allowed_[j].back());
  }
  box_.lower[features.size()] = leastIntercept_;
  box_.upper[features.size()] = mostIntercept_;
  box_.scaled = 0;
  box_.leastScale = box_.mostScale = 1;
  loss_.take(cells);
  ScaledBoxNewton::Result result = newton_.minimize(loss_, box_, ends);
  result.bound -= Tuning::margin * (1 + std::abs(result.bound));
  return result;
}

bool CardPointSearch::fixed(const Part& part) const {
  for (std::size_t j = 0; j < features_.size(); ++j) {
    if (part.low[j] != part.high[j]) return false;
  }
  return true;
}

void CardPointSearch::setBox(const Part& part) {
  const std::size_t k = features_.size();
  box_.lower.resize(k + 1);
  box_.upper.resize(k + 1);
  bool nested = true;
  for (std::size_t j = 0; j < k; ++j) {
    box_.lower[j] = allowed_[j][at(part.low[j])];
    box_.upper[j] = allowed_[j][at(part.high[j])];
    nested = nested && box_.lower[j] <= 0 && box_.upper[j] >= 0;
  }
  box_.lower[k] = whole() ? part.low[k] : leastIntercept_;
  box_.upper[k] = whole() ? part.high[k] : mostIntercept_;
  box_.scaled = whole() ? 0 : static_cast<int>(k);
  box_.mostScale = most();
  box_.leastScale = whole() || nested ? most() : 0;
}

void CardPointSearch::search(const ScoreCells& cells, std::span<const int> features, bool withZero) {
  cells_ = &cells;
  features_ = features;
  setAllowed(features, withZero);
  for (std::size_t j = 0; j < features.size(); ++j) {
    if (allowed_[j].empty()) return;
  }
  setInterceptRange(features);
  newton_.resize(static_cast<int>(features.size()) + 1);
  loss_.take(cells);
  lastPoints_.clear();
  points_.resize(features.size());
  Part root;
  const std::span<const double> z = newton_.z();
  root.z.assign(z.begin(), z.end());
  root.t = newton_.t();
  for (std::size_t j = 0; j < features.size(); ++j) {
    root.low.push_back(0);
    root.high.push_back(static_cast<int>(allowed_[j].size()) - 1);
  }
  root.low.push_back(whole() ? static_cast<int>(leastIntercept_) : 0);
  root.high.push_back(whole() ? static_cast<int>(mostIntercept_) : 0);
  parts_.clear();
  parts_.push_back(std::move(root));
  while (!parts_.empty()) {
    constexpr int boxesBetweenLooks = 16;  // safeguard: a look at the clock takes as long as a small box
    if (std::fmod(boxes_, boxesBetweenLooks) == 0) la_.checkpoint();
    ++boxes_;
    Part part = std::move(parts_.back());
    parts_.pop_back();
    look(std::move(part));
  }
}

/// Closes a part, or puts its children on the stack.
void CardPointSearch::look(Part part) {
  const std::size_t k = features_.size();
  const double price = settings_.price * static_cast<double>(k);
  if (fixed(part)) {
    for (std::size_t j = 0; j < k; ++j) points_[j] = allowed_[j][at(part.low[j])];
    const double bound = fitCard(part.t, part.z[k]);
    if (bound < pool_.goal()) unresolved_ = std::min(unresolved_, bound);
    return;
  }
  const double goal = pool_.goal() - price;
  setBox(part);
  std::copy(part.z.begin(), part.z.end(), newton_.z().begin());
  newton_.t() = part.t;
  const auto result =
      newton_.minimize(loss_, box_, {.goal = goal + Tuning::margin * (1 + std::abs(goal)), .share = Tuning::share});
  if (result.bound - Tuning::margin * (1 + std::abs(result.bound)) >= goal) return;
  std::copy_n(newton_.z().begin(), k + 1, part.z.begin());
  part.t = newton_.t();
  if (part.depth <= Tuning::roundedDepth) round(part);
  branch(part);
}

/// The points of feature j as the relaxation has them.
double CardPointSearch::ratio(const Part& part, std::size_t j) const {
  if (whole()) return part.z[j];
  return part.t > Tuning::leastScale * most() ? part.z[j] / part.t : 0;
}

/// The place of the allowed points in the part that are nearest to those of the relaxation.
std::size_t CardPointSearch::nearest(const Part& part, std::size_t j) const {
  const double value = ratio(part, j);
  std::size_t best = at(part.low[j]);
  for (std::size_t place = best; place <= at(part.high[j]); ++place) {
    if (std::abs(allowed_[j][place] - value) < std::abs(allowed_[j][best] - value)) best = place;
  }
  return best;
}

/// Takes the nearest card into the pool.
void CardPointSearch::round(const Part& part) {
  points_.resize(features_.size());
  for (std::size_t j = 0; j < features_.size(); ++j) points_[j] = allowed_[j][nearest(part, j)];
  if (points_ == lastPoints_) return;
  lastPoints_ = points_;
  fitCard(part.t, part.z[features_.size()]);
}

void CardPointSearch::push(const Part& part, std::size_t j, std::size_t low, std::size_t high, double t) {
  Part child = part;
  child.low[j] = static_cast<int>(low);
  child.high[j] = static_cast<int>(high);
  child.t = t;
  ++child.depth;
  parts_.push_back(std::move(child));
}

/// Gives the feature with the largest coefficient each of its values, if none is fixed to points other than 0.
bool CardPointSearch::branchOnLargest(Part& part) {
  std::size_t largest = features_.size();
  for (std::size_t j = 0; j < features_.size(); ++j) {
    if (part.low[j] == part.high[j]) {
      if (allowed_[j][at(part.low[j])] != 0) return false;
      continue;
    }
    if (largest == features_.size() || std::abs(part.z[j]) > std::abs(part.z[largest])) largest = j;
  }
  const double z = part.z[largest];
  std::vector<std::pair<int, std::size_t>> order;  // the last comes first
  for (std::size_t place = at(part.low[largest]); place <= at(part.high[largest]); ++place) {
    const int v = allowed_[largest][place];
    order.emplace_back(v * z > 0 ? std::abs(v) : -std::abs(v), place);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [rank, place] : order) {
    const int v = allowed_[largest][place];
    push(part, largest, place, place, v * z > 0 ? std::min(z / v, most()) : part.t);
  }
  return true;
}

/// Children below, above and at a place.
void CardPointSearch::branchAround(Part& part, std::size_t j, std::size_t place) {
  if (place > at(part.low[j])) push(part, j, at(part.low[j]), place - 1, part.t);
  if (place < at(part.high[j])) push(part, j, place + 1, at(part.high[j]), part.t);
  push(part, j, place, place, part.t);
}

/// Splits a part at its intercept, if that is to be an integer and is farther from one than `farthest`.
bool CardPointSearch::branchOnIntercept(Part& part, double farthest) {
  const std::size_t k = features_.size();
  if (!whole() || part.low[k] == part.high[k]) return false;
  const double b = part.z[k];
  if (std::abs(b - std::round(b)) <= farthest) return false;
  const int below = static_cast<int>(std::floor(b));
  Part other = part;
  other.low[k] = below + 1;
  part.high[k] = below;
  ++other.depth;
  ++part.depth;
  if (b - below > 0.5) std::swap(part, other);  // the nearer side comes first
  parts_.push_back(std::move(other));
  parts_.push_back(std::move(part));
  return true;
}

/// Children up to the points of feature j in the relaxation and from there on, the nearer ones first.
void CardPointSearch::branchBetween(const Part& part, std::size_t j) {
  const double value = ratio(part, j);
  const std::size_t near = nearest(part, j), low = at(part.low[j]), high = at(part.high[j]);
  const std::size_t under = allowed_[j][near] > value && near > low ? near - 1 : near;
  const std::size_t below = std::min(under, high - 1);
  if (near <= below) push(part, j, below + 1, high, part.t);
  push(part, j, low, below, part.t);
  if (near > below) push(part, j, below + 1, high, part.t);
}

/// Splits a part at the entry that is farthest from what is allowed.
void CardPointSearch::branch(Part& part) {
  if (!whole() && branchOnLargest(part)) return;
  const std::size_t k = features_.size();
  std::size_t farthest = k, widest = k;
  double most = Tuning::whole;
  int width = 0;
  for (std::size_t j = 0; j < k; ++j) {
    if (part.low[j] == part.high[j]) continue;
    if (part.high[j] - part.low[j] > width) {
      width = part.high[j] - part.low[j];
      widest = j;
    }
    const double off = std::abs(ratio(part, j) - allowed_[j][nearest(part, j)]);
    if (off <= most) continue;
    most = off;
    farthest = j;
  }
  if (branchOnIntercept(part, most)) return;
  if (farthest < k)
    branchBetween(part, farthest);
  else
    branchAround(part, widest, nearest(part, widest));
}

/// Fits scale and intercept to `points_`, and takes the card. Returns infinity, or a bound where the fit has not ended.
double CardPointSearch::fitCard(double t, double b) {
  totals_.resize(cells_->count, 1);
  totals_.total = cells_->total;
  std::copy(cells_->weight.begin(), cells_->weight.end(), totals_.weight.begin());
  std::copy(cells_->positives.begin(), cells_->positives.end(), totals_.positives.begin());
  int features = 0;
  for (std::size_t j = 0; j < features_.size(); ++j) {
    if (points_[j] == 0) continue;
    ++features;
    for (std::size_t c = 0; c < cells_->count; ++c) totals_.x[c] += points_[j] * cells_->x[j * cells_->stride + c];
  }
  cardLoss_.take(totals_);
  cardBox_.lower = {whole() ? 1 : 0.0, leastIntercept_};
  cardBox_.upper = {most(), mostIntercept_};
  const double price = settings_.price * features;
  const auto fitted = fitScale(t, b, price);
  const double bound = fitted.value - fitted.bound <= Tuning::fitted ? infinity : fitted.bound + price;
  if (!pool_.wants(fitted.bound + price)) return bound;
  ScoreCard card{.objective = fitted.value + price,
                 .intercept = cardNewton_.z()[1],
                 .scale = whole() ? 1 : cardNewton_.z()[0] / rows_.unit()};
  card.features.assign(features_.begin(), features_.end());
  card.points = points_;
  if (whole()) {
    const double below = std::floor(card.intercept);
    card.objective = infinity;
    for (const double whole : {below, below + 1}) {
      const double objective = cardLoss_.value(std::vector<double>{1, whole}) + price;
      if (objective >= card.objective) continue;
      card.objective = objective;
      card.intercept = whole;
    }
  }
  pool_.offer(std::move(card));
  return bound;
}

/// Minimises the loss of `totals_` over scale and intercept, from this point or, where that does not end, from nothing.
ScaledBoxNewton::Result CardPointSearch::fitScale(double t, double b, double price) {
  cardNewton_.resize(2);
  const double odds = std::log(rows_.totalPositives() / (rows_.total() - rows_.totalPositives()));
  const ScaledBoxNewton::Ends ends{.goal = pool_.several() ? infinity : pool_.objective() - price,
                                   .gap = Tuning::cardGap};
  ScaledBoxNewton::Result fitted;
  for (const bool again : {false, true}) {
    cardNewton_.z()[0] = again ? 0 : t;
    cardNewton_.z()[1] = again ? odds : b;
    fitted = cardNewton_.minimize(cardLoss_, cardBox_, ends);
    if (fitted.bound >= ends.goal || fitted.value - fitted.bound <= Tuning::fitted) break;
  }
  return fitted;
}

void CardPointSearch::offer(const ScoreCells& cells, std::span<const int> features, std::span<const int> points) {
  cells_ = &cells;
  features_ = features;
  setAllowed(features, true);
  setInterceptRange(features);
  points_.assign(points.begin(), points.end());
  fitCard(most() / 2, std::log(rows_.totalPositives() / (rows_.total() - rows_.totalPositives())));
}

}  // namespace nonconvex
