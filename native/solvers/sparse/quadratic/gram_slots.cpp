#include "solvers/sparse/quadratic/gram_slots.hpp"

#include <algorithm>

namespace nonconvex {

void GramSlots::clear() {
  for (const int e : places_) slots_[at(e)] = -1;
  places_.clear();
}

void GramSlots::choose(const QuadraticForm& form, std::span<const int> places) {
  slots_.resize(at(form.size()), -1);
  giveUp(places);
  const int first = count();
  for (const int e : places) {
    if (slots_[at(e)] >= 0) continue;
    slots_[at(e)] = count();
    places_.push_back(e);
  }
  copy(form, first);
}

/// Takes slots from other places; the last slots come to theirs.
void GramSlots::giveUp(std::span<const int> places) {
  wanted_.assign(slots_.size(), 0);
  for (const int e : places) wanted_[at(e)] = 1;
  for (int slot = count(); slot-- > 0;) {
    if (wanted_[at(places_[at(slot)])]) continue;
    const int last = count() - 1;
    slots_[at(places_[at(slot)])] = -1;
    if (slot < last) {
      std::copy_n(gram_.column(last), last, gram_.column(slot));
      gram_(slot, slot) = gram_(last, last);
      for (int t = 0; t < last; ++t) gram_(slot, t) = gram_(t, slot);
      places_[at(slot)] = places_.back();
      slots_[at(places_[at(slot)])] = slot;
    }
    places_.pop_back();
  }
}

/// Copies the part of G of slots `first` and later ones.
void GramSlots::copy(const QuadraticForm& form, int first) {
  const int k = count();
  if (k > gram_.cols()) {
    const int capacity = std::max(k, std::min(form.size(), k + k / 2));
    HostMatrix<double> larger(capacity, capacity, Uninitialized{});
    for (int s = 0; s < first; ++s) std::copy_n(gram_.column(s), first, larger.column(s));
    gram_ = std::move(larger);
  }
  for (int t = first; t < k; ++t) {
    const double* from = form.gram(places_[at(t)]);
    double* to = gram_.column(t);
    for (int s = 0; s < k; ++s) to[s] = from[places_[at(s)]];
    for (int s = 0; s < first; ++s) gram_(t, s) = to[s];
  }
}

}  // namespace nonconvex
