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

/// The sizes in their order are the falling numbers nearest to |v| less the weights, those below 0 being 0.
void SortedL1::prox(std::span<const double> v, double weight, std::span<double> out) {
  sort(v);
  const auto rising = [&](std::size_t k) { return weight * weights_[k] - std::abs(v[at(order_[k])]); };
  for (const auto& pool : isotonic_.fit(v.size(), rising)) {
    const double size = std::max(0.0, -pool.mean());
    for (std::size_t k = pool.begin; k < pool.end; ++k) {
      const auto place = at(order_[k]);
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
