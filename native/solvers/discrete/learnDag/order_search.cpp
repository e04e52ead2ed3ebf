#include "solvers/discrete/learnDag/order_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "sketching/permutations.hpp"

namespace nonconvex {

struct OrderSearch::Tuning {
  static constexpr std::size_t slots = std::size_t{1} << 18;  ///< safeguard: scores that are remembered: 4 MB
  static constexpr double noise = 1e-10;                      ///< rounding: gains up to this are none, relative
};

namespace {

constexpr std::uint32_t ofKeys = 1;    // definition: the stream of random keys
constexpr std::uint32_t ofSweeps = 2;  // definition: the stream of orders of sweeps

}  // namespace

OrderSearch::OrderSearch(LocalScores& scores, int columns, std::uint64_t seed)
    : scores_(scores), random_(seed, ofSweeps), slots_(Tuning::slots) {
  const Random keys(seed, ofKeys);
  for (int k = 0; k < 2 * columns; ++k) {
    const Random::Block block = keys.block(at(k));
    keys_.push_back(std::uint64_t{block[0]} << 32 | block[1]);
  }
  for (auto* each : {&own_, &without_, &behind_}) each->resize(at(columns));
}

void OrderSearch::forget() { std::fill(slots_.begin(), slots_.end(), Slot{}); }

void OrderSearch::begin(std::vector<int> order) {
  order_ = std::move(order);
  sweep_ = order_;
  next_ = sweep_.size();
  moved_ = true;
}

bool OrderSearch::step(const Cpu& la) {
  if (next_ == sweep_.size()) {
    if (!moved_) return false;
    moved_ = false;
    next_ = 0;
    const std::uint64_t first = sweeps_++ * sweep_.size();
    shuffle(sweep_, [&](std::size_t i) { return random_.below(first + i, static_cast<std::uint32_t>(i + 1)); });
  }
  moved_ = place(la, sweep_[next_++]) || moved_;
  return true;
}

/// The score of node j behind these nodes, whose keys are added up in `before`.
double OrderSearch::scoreOf(int j, std::uint64_t before, const std::vector<int>& candidates) {
  const std::uint64_t key = (before ^ keys_[order_.size() + at(j)]) | 1;
  Slot& slot = slots_[(key >> 20) % slots_.size()];
  if (slot.key == key) return slot.score;
  slot = {key, scores_.grow(j, candidates, parents_)};
  return slot.score;
}

/// Puts the node where the sum is least; returns true if that is another place.
bool OrderSearch::place(const Cpu& la, int node) {
  const std::size_t d = order_.size();
  const std::size_t old = at(static_cast<int>(std::find(order_.begin(), order_.end(), node) - order_.begin()));
  std::vector<int> others = order_;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(old));
  before_.clear();
  std::uint64_t key = 0;
  for (std::size_t t = 0; t < d; ++t) {
    la.checkpoint();
    own_[t] = scoreOf(node, key, before_);
    if (t + 1 == d) break;
    const int other = others[t];
    without_[t] = scoreOf(other, key, before_);
    with_ = before_;
    with_.push_back(node);
    behind_[t] = scoreOf(other, key + keys_[at(node)], with_);
    before_.push_back(other);
    key += keys_[at(other)];
  }
  // Sums from the front and from the back, as some of them are infinite.
  std::vector<double>& sums = own_;
  double front = 0, back = 0;
  for (std::size_t t = 0; t < d; ++t) {
    sums[t] += front;
    if (t + 1 < d) front += without_[t];
  }
  for (std::size_t t = d; t-- > 0;) {
    if (t + 1 < d) back += behind_[t];
    sums[t] += back;
  }
  const std::size_t best = at(static_cast<int>(std::min_element(sums.begin(), sums.end()) - sums.begin()));
  if (!(sums[best] < sums[old] - Tuning::noise * (1 + std::abs(sums[old])))) return false;
  others.insert(others.begin() + static_cast<std::ptrdiff_t>(best), node);
  order_ = std::move(others);
  return true;
}

}  // namespace nonconvex
