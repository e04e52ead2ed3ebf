#include "solvers/discrete/learnDag/topo_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

struct TopoSearch::Tuning {
  static constexpr std::size_t small = 100;  ///< published: swaps of the small set, at most, in the authors' program
  static constexpr std::size_t ofNode = 3;   ///< published: swaps of the small set by nodes
  static constexpr std::size_t large = 400;  ///< published: swaps of the large set
  static constexpr double noise = 1e-10;     ///< rounding: gains up to this are none, relative
};

std::vector<int> TopoSearch::parentsAt(const std::vector<int>& order, std::size_t place) const {
  std::vector<int> parents;
  for (std::size_t t = 0; t < place; ++t) {
    if (conditions_.allowed(order[t], order[place])) parents.push_back(order[t]);
  }
  return parents;
}

void TopoSearch::begin(const Cpu& la, std::vector<int> order) {
  order_ = std::move(order);
  losses_.assign(order_.size(), 0);
  weights_.assign(order_.size() * order_.size(), 0);
  for (std::size_t k = 0; k < order_.size(); ++k) {
    la.checkpoint();
    fitAt(k);
  }
}

void TopoSearch::fitAt(std::size_t place) {
  const std::size_t d = order_.size();
  const std::vector<int> parents = parentsAt(order_, place);
  losses_[place] = scores_.loss(order_[place], parents);
  const DagFit fit = scores_.fit(order_[place], parents);
  std::fill_n(weights_.begin() + static_cast<std::ptrdiff_t>(place * d), d, 0.0);
  for (std::size_t t = 0, k = 0; t < place; ++t) {
    if (conditions_.allowed(order_[t], order_[place])) weights_[place * d + t] = std::abs(fit.weights[k++]);
  }
}

double TopoSearch::loss() const {
  double sum = 0;
  for (const double each : losses_) sum += each;
  return sum;
}

Dag TopoSearch::dag() const {
  Dag made{.order = order_, .parents = std::vector<std::vector<int>>(order_.size())};
  for (std::size_t k = 0; k < order_.size(); ++k) {
    auto& parents = made.parents[at(order_[k])] = parentsAt(order_, k);
    std::sort(parents.begin(), parents.end());
  }
  return made;
}

/// Pairs of places by the sums of products of weights along all paths between them: entries of (I - |W|)^{-1}.
std::vector<TopoSearch::Swap> TopoSearch::candidates() const {
  const std::size_t d = order_.size();
  std::vector<double> paths(d * d, 0);
  std::vector<Swap> swaps;
  for (std::size_t k = 0; k < d; ++k) {
    paths[k * d + k] = 1;
    for (std::size_t t = 0; t < k; ++t) {
      const double weight = weights_[k * d + t];
      for (std::size_t s = 0; s <= t; ++s) paths[k * d + s] += weight * paths[t * d + s];
    }
    for (std::size_t s = 0; s < k; ++s) swaps.push_back({s, k, paths[k * d + s], 0, {}});
  }
  std::stable_sort(swaps.begin(), swaps.end(), [](const Swap& a, const Swap& b) { return a.paths < b.paths; });
  if (swaps.size() > Tuning::large) swaps.resize(Tuning::large);
  return swaps;
}

/// Fits the nodes between the two again; returns true if the loss falls.
bool TopoSearch::tryOut(const Cpu& la, Swap& swap) {
  std::vector<int> order = order_;
  std::swap(order[swap.first], order[swap.second]);
  const auto begin = order.begin();
  for (std::size_t k = swap.first; k <= swap.second; ++k) {
    const auto before = begin + static_cast<std::ptrdiff_t>(k);
    for (const int i : conditions_.requiredOf(order[k])) {
      if (std::find(begin, before, i) == before) return false;
    }
  }
  double sum = 0, old = 0;
  for (std::size_t k = swap.first; k <= swap.second; ++k) {
    la.checkpoint();
    swap.losses.push_back(scores_.loss(order[k], parentsAt(order, k)));
    sum += swap.losses.back();
    old += losses_[k];
  }
  swap.gain = old - sum;
  return swap.gain > Tuning::noise * (1 + std::abs(old));
}

bool TopoSearch::step(const Cpu& la) {
  std::vector<Swap> swaps = candidates(), better;
  const std::size_t small = std::min({Tuning::small, Tuning::ofNode * order_.size(), swaps.size()});
  for (std::size_t k = 0; k < swaps.size(); ++k) {
    if (k == small && !better.empty()) break;
    if (tryOut(la, swaps[k])) better.push_back(std::move(swaps[k]));
  }
  if (better.empty()) return false;
  std::stable_sort(better.begin(), better.end(), [](const Swap& a, const Swap& b) { return a.gain > b.gain; });
  std::vector<char> taken(order_.size(), 0);
  for (const Swap& swap : better) {
    const auto first = taken.begin() + static_cast<std::ptrdiff_t>(swap.first);
    const auto end = taken.begin() + static_cast<std::ptrdiff_t>(swap.second) + 1;
    if (std::find(first, end, 1) != end) continue;
    std::fill(first, end, 1);
    std::swap(order_[swap.first], order_[swap.second]);
    for (std::size_t k = swap.first; k <= swap.second; ++k) fitAt(k);
  }
  return true;
}

}  // namespace nonconvex
