#include "solvers/sparse/quadratic/growing_support.hpp"

#include <algorithm>
#include <numeric>

#include "core/index.hpp"

namespace nonconvex {

struct GrowingSupport::Tuning {
  static constexpr double leastPivot = 1e-13;  ///< rounding: largest pivot of columns that depend on each other
};

void GrowingSupport::clear() {
  factor_.clear();
  places_.clear();
  diagonal_.clear();
}

bool GrowingSupport::set(const QuadraticForm& form, const std::vector<int>& places,
                         const std::vector<double>& diagonal) {
  rank_.assign(at(form.size()), -1);
  for (std::size_t k = 0; k < places.size(); ++k) rank_[at(places[k])] = static_cast<int>(k);
  gone_.clear();
  for (std::size_t f = 0; f < places_.size(); ++f) {
    int& k = rank_[at(places_[f])];
    if (k >= 0 && diagonal_[f] == diagonal[at(k)]) {
      k = -1;
    } else {
      gone_.push_back(static_cast<int>(f));
    }
  }
  come_.clear();
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (rank_[at(places[k])] >= 0) come_.push_back(static_cast<int>(k));
  }
  return change(form, places, diagonal);
}

/// Takes gone_ away, and adds those of the places that are come_, or begins anew where that costs less.
bool GrowingSupport::change(const QuadraticForm& form, const std::vector<int>& places,
                            const std::vector<double>& diagonal) {
  const int all = static_cast<int>(places.size()), old = factor_.size() - static_cast<int>(gone_.size());
  const int added = static_cast<int>(come_.size());
  if (factor_.costToRemove(gone_) + factor_.costToAdd(old, added) > factor_.costToAdd(0, all)) {
    clear();
    come_.resize(places.size());
    std::iota(come_.begin(), come_.end(), 0);
  } else if (!gone_.empty()) {
    factor_.remove(gone_);
    std::size_t next = 0, kept = 0;
    for (std::size_t f = 0; f < places_.size(); ++f) {
      if (next < gone_.size() && gone_[next] == static_cast<int>(f)) {
        ++next;
        continue;
      }
      places_[kept] = places_[f];
      diagonal_[kept++] = diagonal_[f];
    }
    places_.resize(kept);
    diagonal_.resize(kept);
  }
  return come_.empty() || add(form, places, diagonal);
}

/// Adds those of the places that are come_.
bool GrowingSupport::add(const QuadraticForm& form, const std::vector<int>& places,
                         const std::vector<double>& diagonal) {
  const int count = static_cast<int>(come_.size()), old = factor_.size();
  const Mat<double> rows = factor_.rowsToAdd(count);
  double most = 0;
  for (int j = 0; j < old; ++j) {
    const double* column = form.gram(places_[at(j)]);
    for (int i = 0; i < count; ++i) rows(i, j) = column[places[at(come_[at(i)])]];
  }
  for (int j = 0; j < count; ++j) {
    const double* column = form.gram(places[at(come_[at(j)])]);
    for (int i = j; i < count; ++i) rows(i, old + j) = column[places[at(come_[at(i)])]];
    most = std::max(most, rows(j, old + j));
    rows(j, old + j) += diagonal[at(come_[at(j)])];
  }
  if (!factor_.add(count, Tuning::leastPivot * most)) return false;
  for (const int k : come_) {
    places_.push_back(places[at(k)]);
    diagonal_.push_back(diagonal[at(k)]);
  }
  return true;
}

void GrowingSupport::solve(const std::vector<int>& places, std::span<double> v) {
  ordered_.resize(places.size());
  for (std::size_t s = 0; s < places.size(); ++s) rank_[at(places[s])] = static_cast<int>(s);
  for (std::size_t f = 0; f < ordered_.size(); ++f) ordered_[f] = v[at(rank_[at(places_[f])])];
  factor_.solve(ordered_);
  for (std::size_t f = 0; f < ordered_.size(); ++f) v[at(rank_[at(places_[f])])] = ordered_[f];
}

}  // namespace nonconvex
