#include "solvers/discrete/riskScore/support_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

struct SupportSearch::Tuning {
  static constexpr std::size_t atomicOfCells = 2;  ///< safeguard: fewer features to choose are tried one by one
  static constexpr std::size_t boundedOfBits = 5;  ///< published: nodes with as many features to choose are bounded
  static constexpr std::size_t beam = 8;           ///< published: sets that grow together
  static constexpr std::size_t grown = 3;          ///< safeguard: sets of these whose points are looked for
  static constexpr std::size_t promising = 30;     ///< safeguard: features by which a set may grow
  static constexpr double mostWork = 3e9;   ///< safeguard: products of a regression on all features, else no bound
  static constexpr double mostBytes = 2e8;  ///< safeguard: of counts of pairs
  static constexpr double share = 0.5;      ///< safeguard: a bound this near cannot close a node any more
  static constexpr double gap = 1e-7;       ///< rounding: of regressions whose loss is only compared
  static constexpr double margin = 1e-9;    ///< rounding: what entropies are lowered by, relative
};

SupportSearch::SupportSearch(const Cpu& la, const ScoreRows& rows, const RiskScoreSettings& settings, CardPool& pool)
    : la_(la),
      rows_(rows),
      settings_(settings),
      pool_(pool),
      maker_(rows),
      points_(la, rows, settings, pool),
      partitions_(at(rows.most()) + 1),
      last_(at(rows.count()) + 1, 0.0) {
  maker_.whole(partitions_[0]);
  last_.back() = std::log(rows.totalPositives() / (rows.total() - rows.totalPositives()));
}

bool SupportSearch::admits(std::span<const int> features) const {
  const std::vector<double>& sizes = rows_.groupSizes();
  for (std::size_t g = 1; g <= sizes.size(); ++g) {
    const auto of =
        std::count_if(features.begin(), features.end(), [&](int j) { return at(rows_.features()[at(j)].group) == g; });
    if (static_cast<double>(of) > sizes[g - 1]) return false;
  }
  return true;
}

/// Returns true if one more feature leaves the group of that feature small enough.
bool SupportSearch::admitsMore(std::span<const int> features, int feature) const {
  const int group = rows_.features()[at(feature)].group;
  if (group == 0) return true;
  const auto of =
      std::count_if(features.begin(), features.end(), [&](int j) { return rows_.features()[at(j)].group == group; });
  return static_cast<double>(of) + 1 <= rows_.groupSizes()[at(group - 1)];
}

std::vector<int> SupportSearch::required() const {
  std::vector<int> features;
  for (int j = 0; j < rows_.count(); ++j) {
    if (rows_.features()[at(j)].required) features.push_back(j);
  }
  return features;
}

/// How many features are chosen one by one.
std::size_t SupportSearch::atomic() const { return rows_.binary() ? TripleCounts::features : Tuning::atomicOfCells; }

/// The loss from which sets of at least as many features are of no use.
double SupportSearch::lossGoal(std::size_t features) const { return pool_.goal() - price(features); }

/// The loss of the best regression on a few features.
double SupportSearch::lossOf(std::span<const int> features) {
  maker_.make(features, cells_);
  points_.beginAtNothing(features.size());
  return points_.relax(cells_, features, {.gap = Tuning::gap}).value;
}

/// The required features with their smallest points.
void SupportSearch::findFirst() {
  const std::vector<int> features = required();
  std::vector<int> points;
  for (const int j : features) {
    int least = 0;
    for (const int v : rows_.features()[at(j)].allowed) {
      if (v != 0 && (least == 0 || std::abs(v) < std::abs(least))) least = v;
    }
    points.push_back(least);
  }
  maker_.make(features, cells_);
  points_.offer(cells_, features, points);
}

void SupportSearch::begin(std::span<const double> pointsOfColumns) {
  std::vector<int> features, points;
  double known = 0;
  for (int j = 0; j < rows_.count(); ++j) {
    const ScoreFeature& feature = rows_.features()[at(j)];
    const double value = pointsOfColumns[at(feature.column)];
    const auto allowed = [&](int v) { return v == value && (v != 0 || !feature.required); };
    if (std::none_of(feature.allowed.begin(), feature.allowed.end(), allowed)) return;
    if (value == 0) continue;
    ++known;
    features.push_back(j);
    points.push_back(static_cast<int>(value));
  }
  const auto given = std::count_if(pointsOfColumns.begin(), pointsOfColumns.end(), [](double v) { return v != 0; });
  if (known != static_cast<double>(given) || known > rows_.most() || !admits(features)) return;
  maker_.make(features, cells_);
  points_.offer(cells_, features, points);
}

/// The features that change the regression on `features` the most, by the score test.
std::vector<int> SupportSearch::promising(std::span<const int> features) {
  std::vector<std::pair<double, int>> gains;
  lossOf(features);
  const std::span<const double> z = points_.coefficients();
  std::vector<double> slopes(at(rows_.rows()));
  std::vector<double> curvatures(slopes.size());
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    double s = z[features.size()];
    for (std::size_t j = 0; j < features.size(); ++j) s += z[j] * rows_.value(static_cast<int>(i), features[j]);
    const double risk = 1 / (1 + std::exp(-s));
    slopes[i] = rows_.weight()[i] * risk - rows_.positives()[i];
    curvatures[i] = rows_.weight()[i] * risk * (1 - risk);
  }
  for (int j = 0; j < rows_.count(); ++j) {
    if (std::find(features.begin(), features.end(), j) != features.end() || !admitsMore(features, j)) continue;
    la_.checkpoint();
    double g = 0, h = 0, hx = 0, hxx = 0;
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      const double value = rows_.value(static_cast<int>(i), j);
      g += slopes[i] * value;
      h += curvatures[i];
      hx += curvatures[i] * value;
      hxx += curvatures[i] * value * value;
    }
    const double curvature = hxx - hx * hx / std::max(h, 1e-300);
    gains.emplace_back(-g * g / std::max(curvature, 1e-12 * (hxx + 1e-300)), j);
  }
  std::sort(gains.begin(), gains.end());
  std::vector<int> chosen;
  for (std::size_t k = 0; k < std::min(gains.size(), Tuning::promising); ++k) chosen.push_back(gains[k].second);
  return chosen;
}

void SupportSearch::findPromising() {
  std::vector<Grown> beam = {{0, required()}};
  while (!beam.empty() && static_cast<int>(beam.front().features.size()) < rows_.most()) {
    std::vector<Grown> next;
    for (const Grown& each : beam) {
      for (const int j : promising(each.features)) {
        la_.checkpoint();
        Grown grown{.features = each.features};
        grown.features.push_back(j);
        std::sort(grown.features.begin(), grown.features.end());
        const auto known = [&](const Grown& other) { return other.features == grown.features; };
        if (std::any_of(next.begin(), next.end(), known)) continue;
        grown.loss = lossOf(grown.features);
        next.push_back(std::move(grown));
      }
    }
    if (next.empty()) break;
    std::sort(next.begin(), next.end(), [](const Grown& a, const Grown& b) { return a.loss < b.loss; });
    if (next.size() > Tuning::beam) next.resize(Tuning::beam);
    beam = std::move(next);
  }
  for (std::size_t k = 0; k < std::min(beam.size(), Tuning::grown); ++k) {
    if (!admits(beam[k].features) || beam[k].loss >= lossGoal(beam[k].features.size())) continue;
    lossOf(beam[k].features);
    points_.search(cells_, beam[k].features, true);
  }
}

/// A lower bound of the loss of regressions on chosen features and the rest. With `decide` it need only tell whether
/// the bound reaches the goal.
double SupportSearch::lossOfPart(std::span<const int> chosen, std::span<const int> rest, bool decide) {
  std::vector<int> features(chosen.begin(), chosen.end());
  features.insert(features.end(), rest.begin(), rest.end());
  const std::size_t k = features.size();
  const double work = static_cast<double>(rows_.rows()) * static_cast<double>(k * k);
  if (work > Tuning::mostWork) return 0;
  la_.checkpoint();
  maker_.make(features, wide_);
  points_.beginAtNothing(k);
  for (std::size_t j = 0; j < k; ++j) points_.coefficients()[j] = last_[at(features[j])];
  points_.coefficients()[k] = last_.back();
  const double goal = lossGoal(chosen.size());
  ScaledBoxNewton::Ends ends{.gap = Tuning::gap};
  if (decide)
    ends = {.goal = goal + 2 * Tuning::margin * (1 + std::abs(goal)), .gap = Tuning::gap, .share = Tuning::share};
  const auto result = points_.relax(wide_, features, ends);
  for (std::size_t j = 0; j < k; ++j) last_[at(features[j])] = points_.coefficients()[j];
  last_.back() = points_.coefficients()[k];
  return std::max(result.bound, wide_.entropy() * (1 - Tuning::margin));
}

void SupportSearch::root(OpenNodes<Node>& open) {
  Node node{.chosen = required()};
  for (int j = 0; j < rows_.count(); ++j) {
    if (!rows_.features()[at(j)].required) node.candidates.push_back(j);
  }
  node.least = std::max(0.0, lossOfPart(required(), node.candidates, false) + price(required().size()));
  const double least = node.least;
  open.add(std::move(node), least);
}

double SupportSearch::bound(Node& node, TreeVisit& visit) {
  const std::size_t left = at(rows_.most()) - std::min(node.chosen.size(), at(rows_.most()));
  if (left <= atomic() || node.candidates.size() <= 1) {
    lookAtAll(node);
    visit.leaveOut(std::min(pool_.goal(), points_.unresolved()));
    return infinity;
  }
  if (everySize()) {
    set_ = node.chosen;
    for (std::size_t k = 0; k < set_.size(); ++k) maker_.refine(partitions_[k], set_[k], partitions_[k + 1]);
    lookAtSet(partitions_[set_.size()]);
    visit.leaveOut(std::min(pool_.goal(), points_.unresolved()));
  }
  sort(node);
  const std::size_t children = firstClosed(node);
  if (children < node.candidates.size()) visit.leaveOut(pool_.goal());
  node.bounds.resize(children);
  return children == 0 ? infinity : -infinity;
}

/// Puts the candidates with the least losses first.
void SupportSearch::sort(Node& node) {
  std::vector<std::pair<double, int>> losses;
  std::vector<int> features = node.chosen;
  features.push_back(0);
  for (const int j : node.candidates) {
    if (!admitsMore(node.chosen, j)) continue;
    la_.checkpoint();
    features.back() = j;
    losses.emplace_back(lossOf(features), j);
  }
  std::sort(losses.begin(), losses.end());
  node.candidates.clear();
  for (const auto& [loss, j] : losses) node.candidates.push_back(j);
}

/// How many children are open, with their bounds.
std::size_t SupportSearch::firstClosed(Node& node) {
  const std::size_t left = at(rows_.most()) - node.chosen.size(), count = node.candidates.size();
  const std::size_t children = everySize() ? count : count + 1 > left ? count + 1 - left : count > 0 ? 1 : 0;
  node.bounds.assign(children, node.least);
  if (rows_.binary() && left < Tuning::boundedOfBits) return children;
  const auto boundOf = [&](std::size_t i) {
    return lossOfPart(node.chosen, std::span(node.candidates).subspan(i), true);
  };
  std::size_t open = 0, closed = children;  // the children before `open` are open, those from `closed` are not
  while (open < closed) {
    const std::size_t middle = open + (closed - open) / 2;
    const double bound = boundOf(middle);
    if (bound >= lossGoal(node.chosen.size())) {
      closed = middle;
      continue;
    }
    for (std::size_t i = middle; i < closed; ++i) {
      node.bounds[i] = std::max(node.bounds[i], bound + price(node.chosen.size()));
    }
    open = middle + 1;
  }
  return closed;
}

void SupportSearch::branch(Node& node, OpenNodes<Node>& open) {
  for (std::size_t i = node.bounds.size(); i-- > 0;) {
    Node child{.chosen = node.chosen};
    child.chosen.push_back(node.candidates[i]);
    child.candidates.assign(node.candidates.begin() + static_cast<std::ptrdiff_t>(i) + 1, node.candidates.end());
    child.least = node.bounds[i];
    open.add(std::move(child), node.bounds[i]);
  }
}

/// Looks at all sets of a node one by one.
void SupportSearch::lookAtAll(const Node& node) {
  set_ = node.chosen;
  for (std::size_t k = 0; k < set_.size(); ++k) maker_.refine(partitions_[k], set_[k], partitions_[k + 1]);
  const std::size_t left = at(rows_.most()) - std::min(set_.size(), at(rows_.most()));
  if (rows_.binary() && left == TripleCounts::features && node.candidates.size() >= left) {
    if (!triples_) triples_ = std::make_unique<TripleCounts>(la_, rows_);
    if (triples_->bytes(node.candidates.size()) < Tuning::mostBytes) return lookAtTriples(node);
  }
  lookDeeper(partitions_[set_.size()], node.candidates, left);
}

void SupportSearch::lookDeeper(const ScorePartition& partition, std::span<const int> candidates, std::size_t left) {
  if (everySize() || left == 0 || candidates.empty()) lookAtSet(partition);
  if (left == 0) return;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!everySize() && candidates.size() - i < left && i > 0) return;
    if (!admitsMore(set_, candidates[i])) continue;
    la_.checkpoint();
    ScorePartition& finer = partitions_[set_.size() + 1];
    maker_.refine(partition, candidates[i], finer);
    set_.push_back(candidates[i]);
    lookDeeper(finer, candidates.subspan(i + 1), left - 1);
    set_.pop_back();
  }
}

/// The entropy of a set bounds it, then its regression, then the search over points.
void SupportSearch::lookAtSet(const ScorePartition& partition) {
  ++supports_;
  if (!admits(set_)) return;
  maker_.collect(partition, set_, cells_);
  const double goal = lossGoal(set_.size());
  if (cells_.entropy() * (1 - Tuning::margin) >= goal) return;
  points_.beginAtNothing(set_.size());
  const auto result =
      points_.relax(cells_, set_, {.goal = goal + 2 * Tuning::margin * (1 + std::abs(goal)), .gap = Tuning::gap});
  if (result.bound >= goal) return;
  points_.search(cells_, set_, !everySize());
}

/// Looks at sets of three more features, of which most are left out by their counts.
void SupportSearch::lookAtTriples(const Node& node) {
  const std::size_t first = set_.size(), count = node.candidates.size();
  if (everySize()) lookAtSet(partitions_[first]);
  triples_->arrange(partitions_[first], node.candidates);
  const double scale = rows_.total() / (1 - Tuning::margin);
  set_.resize(first + 3);
  for (std::size_t a = 0; a < count; ++a) {
    set_[first] = node.candidates[a];
    const auto look = [&](std::size_t size) {
      std::vector<int> whole =
          std::exchange(set_, std::vector<int>(set_.begin(), set_.begin() + static_cast<std::ptrdiff_t>(first + size)));
      for (std::size_t k = first; k < set_.size(); ++k) maker_.refine(partitions_[k], set_[k], partitions_[k + 1]);
      --supports_;
      lookAtSet(partitions_[set_.size()]);
      set_ = std::move(whole);
    };
    if (everySize()) {
      ++supports_;
      look(1);
    }
    for (std::size_t b = a + 1; b < count; ++b) {
      la_.checkpoint();
      set_[first + 1] = node.candidates[b];
      triples_->choosePair(a, b);
      if (everySize()) {
        ++supports_;
        if (triples_->entropyOfPair() < lossGoal(first + 2) * scale) look(2);
      }
      double goal = lossGoal(first + 3) * scale;
      supports_ += static_cast<double>(count - b - 1);
      for (std::size_t c = b + 1; c < count; ++c) {
        if (triples_->entropy(c, goal) >= goal) continue;
        set_[first + 2] = node.candidates[c];
        look(3);
        goal = lossGoal(first + 3) * scale;
      }
    }
  }
}

}  // namespace nonconvex
