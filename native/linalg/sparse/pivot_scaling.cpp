#include "linalg/sparse/pivot_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/equilibrate.hpp"

namespace nonconvex {

PivotScaling::PivotScaling(const SparsePattern& lower, std::span<const int> order, std::span<const int> partner)
    : lower_(lower),
      place_(order.size()),
      diagonal_(order.size(), -1),
      couple_(order.size(), -1),
      offsets_(order.size() + 1, 0),
      factors_(order.size()),
      limits_(order.size()) {
  const std::size_t n = order.size();
  for (std::size_t k = 0; k < n; ++k) place_[at(order[k])] = static_cast<int>(k);
  forEntries([&](int first, int later, int value) {
    if (first == later) {
      diagonal_[at(first)] = value;
      return;
    }
    ++offsets_[at(first) + 1];
    if (partner[at(order[at(first)])] == order[at(later)]) couple_[at(first)] = value;
  });
  for (std::size_t k = 0; k < n; ++k) offsets_[k + 1] += offsets_[k];
  entries_.resize(at(offsets_.back()));
  std::vector<int> next(offsets_.begin(), offsets_.end() - 1);
  forEntries([&](int first, int later, int value) {
    if (first != later) entries_[at(next[at(first)]++)] = {value, later};
  });
}

/// f(place of the variable that comes first, that of the other, value) for all entries.
template <class F>
void PivotScaling::forEntries(F&& f) const {
  for (int j = 0; j < lower_.lines; ++j) {
    for (int k = lower_.offsets[at(j)]; k < lower_.offsets[at(j) + 1]; ++k) {
      const auto [first, later] = std::minmax({place_[at(j)], place_[at(lower_.indices[at(k)])]});
      f(first, later, k);
    }
  }
}

void PivotScaling::apply(double spread, std::span<double> scale, std::span<double> scaled) {
  chooseFactors(spread, scaled);
  for (std::size_t i = 0; i < scale.size(); ++i) scale[i] *= factors_[at(place_[i])];
  for (int j = 0; j < lower_.lines; ++j) {
    const double t = factors_[at(place_[at(j)])];
    for (int k = lower_.offsets[at(j)]; k < lower_.offsets[at(j) + 1]; ++k) {
      scaled[at(k)] *= t * factors_[at(place_[at(lower_.indices[at(k)])])];
    }
  }
}

void PivotScaling::chooseFactors(double spread, std::span<const double> scaled) {
  std::fill(limits_.begin(), limits_.end(), 0.0);
  for (std::size_t k = 0; k < factors_.size(); ++k) {
    double pivot = diagonal_[k] < 0 ? 0 : std::abs(scaled[at(diagonal_[k])]);
    if (couple_[k] >= 0) pivot = std::max(pivot, std::abs(scaled[at(couple_[k])]));
    const double square = std::max(pivot, limits_[k] * limits_[k]);
    const double t = factors_[k] = inverseRoot(square == 0 ? 1 : std::max(square, 1 / (spread * spread)));
    for (int e = offsets_[k]; e < offsets_[k + 1]; ++e) {
      const Entry entry = entries_[at(e)];
      double& limit = limits_[at(entry.later)];
      limit = std::max(limit, std::abs(scaled[at(entry.value)]) * t);
    }
  }
}

}  // namespace nonconvex
