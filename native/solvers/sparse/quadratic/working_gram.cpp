#include "solvers/sparse/quadratic/working_gram.hpp"

#include <algorithm>

namespace nonconvex {

void WorkingGram::clear() {
  for (const int e : places_) slotOf_[at(e)] = -1;
  places_.clear();
}

void WorkingGram::gather(const QuadraticForm& form, std::span<const int> places) {
  slotOf_.resize(at(form.size()), -1);
  giveUp(places);
  const int first = size();
  for (const int e : places) {
    if (slotOf_[at(e)] >= 0) continue;
    slotOf_[at(e)] = size();
    places_.push_back(e);
  }
  add(form, first);
}

/// Takes slots from places that are not in use any more; the last slots come to theirs.
void WorkingGram::giveUp(std::span<const int> places) {
  wanted_.assign(slotOf_.size(), 0);
  for (const int e : places) wanted_[at(e)] = 1;
  for (std::size_t s = places_.size(); s-- > 0;) {
    if (wanted_[at(places_[s])]) continue;
    const int slot = static_cast<int>(s), last = size() - 1;
    slotOf_[at(places_[s])] = -1;
    if (slot < last) {
      std::copy_n(gram_.column(last), last, gram_.column(slot));
      gram_(slot, slot) = gram_(last, last);
      for (int t = 0; t < last; ++t) gram_(slot, t) = gram_(t, slot);
      places_[s] = places_.back();
      slotOf_[at(places_[s])] = slot;
    }
    places_.pop_back();
  }
}

/// Copies the part of G of slots `first` and later ones.
void WorkingGram::add(const QuadraticForm& form, int first) {
  const int k = size();
  if (k > gram_.cols()) {
    const int capacity = std::max(k, std::min(form.size(), k + k / 2));
    HostMatrix<double> larger(capacity, capacity, Uninitialized{});
    for (int s = 0; s < first; ++s) std::copy_n(gram_.column(s), first, larger.column(s));
    gram_ = std::move(larger);
  }
  for (int t = first; t < k; ++t) {
    const double* from = form.gram(place(t));
    double* to = gram_.column(t);
    for (int s = 0; s < k; ++s) to[s] = from[place(s)];
    for (int s = 0; s < first; ++s) gram_(t, s) = to[s];
  }
}

}  // namespace nonconvex
