#include "solvers/sparse/penalties/sorted_l1.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"

namespace nonconvex {

std::span<const int> SortedL1::sort(std::span<const double> v) {
  order_.resize(v.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](int i, int j) {
    const double a = std::abs(v[at(i)]), b = std::abs(v[at(j)]);
    return a != b ? a > b : i < j;
  });
  return order_;
}

double SortedL1::value(std::span<const double> b) {
  sort(b);
  double sum = 0;
  for (std::size_t k = 0; k < b.size(); ++k) sum += weights_[k] * std::abs(b[at(order_[k])]);
  return sum;
}

/// Neighbours in the order whose means rise are pooled, on a stack, as the result is to fall.
void SortedL1::prox(std::span<const double> v, double weight, std::span<double> out) {
  sort(v);
  const int count = static_cast<int>(v.size());
  const auto mean = [](const Block& block, int end) { return block.sum / (end - block.begin); };
  blocks_.clear();
  for (int k = 0; k < count; ++k) {
    Block next{k, std::abs(v[at(order_[at(k)])]) - weight * weights_[at(k)]};
    while (!blocks_.empty() && mean(blocks_.back(), next.begin) <= mean(next, k + 1)) {
      next = {blocks_.back().begin, blocks_.back().sum + next.sum};
      blocks_.pop_back();
    }
    blocks_.push_back(next);
  }
  for (std::size_t c = 0; c < blocks_.size(); ++c) {
    const int end = c + 1 < blocks_.size() ? blocks_[c + 1].begin : count;
    const double size = std::max(0.0, mean(blocks_[c], end));
    for (int k = blocks_[c].begin; k < end; ++k) {
      const auto place = at(order_[at(k)]);
      out[place] = size == 0 ? 0 : std::copysign(size, v[place]);
    }
  }
}

double SortedL1::dualNorm(std::span<const double> g) {
  sort(g);
  double norm = 0, sum = 0, allowed = 0;
  for (std::size_t k = 0; k < g.size(); ++k) {
    sum += std::abs(g[at(order_[k])]);
    allowed += weights_[k];
    norm = std::max(norm, sum / allowed);
  }
  return norm;
}

}  // namespace nonconvex
