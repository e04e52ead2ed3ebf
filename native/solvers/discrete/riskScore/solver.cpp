#include "solvers/discrete/riskScore/solver.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/index.hpp"

namespace nonconvex {

RiskScoreSearch::RiskScoreSearch(const Cpu& la, const RiskScoreProblem& problem, const RiskScoreSettings& settings)
    : la_(la), problem_(problem), settings_(settings), pool_(settings_) {}

std::optional<Status> RiskScoreSearch::start() {
  rows_.read(la_, problem_, settings_);
  supports_ = std::make_unique<SupportSearch>(la_, rows_, settings_, pool_);
  supports_->findFirst();
  if (!problem_.start.empty()) supports_->begin(problem_.start);
  tree_ = std::make_unique<TreeSearch<SupportSearch>>(
      la_, *supports_, TreeSettings{.order = TreeOrder::dive, .mostNodes = settings_.maxNodes});
  tree_->start();
  supports_->findPromising();
  return std::nullopt;
}

std::optional<Status> RiskScoreSearch::step() {
  const std::optional<Status> status = tree_->step();
  // Parts that end without children were looked at to the last card, mostly with a proof.
  return status == Status::stalled && pool_.objective() - lowerBound() <= settings_.tolerance ? Status::solved : status;
}

/// No loss is negative, so 0 is a bound before there is another.
double RiskScoreSearch::lowerBound() const {
  if (!tree_ || (tree_->finished() && tree_->nodes() == 0)) return 0;
  return std::max(0.0, tree_->lowerBound());
}

RiskScoreProgress RiskScoreSearch::progress() const {
  RiskScoreProgress now;
  if (!supports_) return now;
  if (tree_) {
    now.nodes = tree_->nodes();
    now.open = static_cast<double>(tree_->open());
  }
  now.supports = supports_->supports();
  if (pool_.empty()) return now;
  now.lowerBound = lowerBound();
  now.objective = pool_.objective();
  now.residual = pool_.objective() - lowerBound();
  return now;
}

std::vector<int> RiskScoreSearch::pointsOf(const ScoreCard& card) const {
  std::vector<int> points(at(problem_.x.columns), 0);
  for (std::size_t k = 0; k < card.features.size(); ++k) {
    points[at(rows_.features()[at(card.features[k])].column)] = card.points[k];
  }
  return points;
}

/// The total of a row whose columns are all at their shifts.
double RiskScoreSearch::shiftOf(const ScoreCard& card) const {
  double total = 0;
  for (std::size_t k = 0; k < card.features.size(); ++k) {
    total += card.points[k] * rows_.features()[at(card.features[k])].shift;
  }
  return total;
}

RiskScoreSolution RiskScoreSearch::solution() const {
  RiskScoreSolution made;
  made.points.assign(at(problem_.x.columns), 0);
  if (pool_.empty()) return made;
  made.sameAs = rows_.sameAs();
  describe(made, pool_.cards().front());
  describeTotals(made);
  if (tree_) made.nodes = tree_->nodes();
  made.supports = supports_->supports();
  if (pool_.several()) {
    for (const ScoreCard& card : pool_.cards()) {
      const double intercept = card.intercept - card.scale * shiftOf(card);
      made.pool.push_back({card.objective, intercept, card.scale, pointsOf(card)});
    }
    if (tree_ && tree_->finished() && tree_->nodes() > 0) made.poolComplete = pool_.goal();
  }
  made.certificate = boundedBelow(pool_.objective(), lowerBound(), 1, rows_.leavesOut() ? "distinctColumns" : "");
  return made;
}

void RiskScoreSearch::describe(RiskScoreSolution& made, const ScoreCard& card) const {
  made.points = pointsOf(card);
  made.intercept = card.intercept - card.scale * shiftOf(card);
  made.scale = card.scale;
  constexpr double near = 1e-9;  // rounding: a scale this near its bound, relative, stands there
  made.scaleAtBound =
      settings_.scaling == ScoreScale::free && !card.features.empty() && card.scale >= settings_.maxScale * (1 - near);
}

/// The table of risks, and what it says of the rows.
void RiskScoreSearch::describeTotals(RiskScoreSolution& made) const {
  const ScoreCard& card = pool_.cards().front();
  std::map<double, ScoreTotal> totals;
  constexpr double near = 1e-9;  // rounding: totals that differ by as little are one, relative
  for (int i = 0; i < rows_.rows(); ++i) {
    double total = 0;
    for (std::size_t k = 0; k < card.features.size(); ++k) {
      total += card.points[k] * rows_.value(i, card.features[k]) * rows_.unit();
    }
    auto place = totals.lower_bound(total - near * (1 + std::abs(total)));
    if (place == totals.end() || place->first > total + near * (1 + std::abs(total))) {
      place = totals.emplace(total, ScoreTotal{}).first;
    }
    ScoreTotal& entry = place->second;
    entry.rows += rows_.weight()[at(i)];
    entry.positives += rows_.positives()[at(i)];
  }
  const double positives = rows_.totalPositives(), others = rows_.total() - positives;
  const double shift = shiftOf(card);
  double below = 0, pairs = 0, distance = 0;
  for (auto& [total, entry] : totals) {
    entry.total = total + shift;
    entry.risk = 1 / (1 + std::exp(-card.intercept - card.scale * total));
    const double negatives = entry.rows - entry.positives;
    pairs += entry.positives * (below + negatives / 2);
    below += negatives;
    distance += std::abs(entry.rows * entry.risk - entry.positives);
    made.table.push_back(entry);
  }
  made.auc = pairs / (positives * others);
  made.calibrationError = distance / rows_.total();
}

std::string RiskScoreSearch::explain(Status) const {
  if (pool_.empty() || settings_.scaling == ScoreScale::one) return {};
  const ScoreCard& card = pool_.cards().front();
  RiskScoreSolution made;
  describe(made, card);
  if (!made.scaleAtBound) return {};
  return "The scale stands at maxScale: a larger one would have a smaller loss. Raise maxScale, or use the scale one.";
}

}  // namespace nonconvex
