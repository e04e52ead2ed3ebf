#include "solvers/sparse/quadratic/support.hpp"

#include <algorithm>
#include <numeric>

namespace nonconvex {

void Support::addCurvature(std::span<const double> v, std::span<double> out) const {
  for (std::size_t k = 0; k < entries.size(); ++k) out[k] += diagonal[k] * v[k];
  for (const Block& each : blocks) {
    double sum = 0;
    for (int k = each.begin; k < each.end; ++k) sum += direction[at(k)] * v[at(k)];
    for (int k = each.begin; k < each.end; ++k) out[at(k)] += each.along * sum * direction[at(k)];
  }
}

void Support::addDiagonal(std::span<double> out) const {
  for (std::size_t k = 0; k < entries.size(); ++k) out[k] += diagonal[k];
  for (const Block& each : blocks) {
    for (int k = each.begin; k < each.end; ++k) out[at(k)] += each.along * square(direction[at(k)]);
  }
}

void SupportFactor::clear() {
  factor_.clear();
  entries_.clear();
  diagonal_.clear();
}

bool SupportFactor::set(const QuadraticForm& form, const Support& support) {
  if (!support.blocks.empty()) clear();
  rank_.assign(at(form.size() * responses_), -1);
  for (std::size_t k = 0; k < support.entries.size(); ++k) rank_[at(support.entries[k])] = static_cast<int>(k);
  gone_.clear();
  for (std::size_t f = 0; f < entries_.size(); ++f) {
    int& k = rank_[at(entries_[f])];
    if (k >= 0 && diagonal_[f] == support.diagonal[at(k)]) {
      k = -1;
    } else {
      gone_.push_back(static_cast<int>(f));
    }
  }
  come_.clear();
  for (std::size_t k = 0; k < support.entries.size(); ++k) {
    if (rank_[at(support.entries[k])] >= 0) come_.push_back(static_cast<int>(k));
  }
  const bool made = change(form, support);
  for (std::size_t k = 0; k < support.entries.size(); ++k) rank_[at(support.entries[k])] = static_cast<int>(k);
  return made;
}

/// Changes the factor, of which gone_ are not in the support, while its come_ are new.
bool SupportFactor::change(const QuadraticForm& form, const Support& support) {
  const int all = support.size(), old = factor_.size() - static_cast<int>(gone_.size());
  const int added = static_cast<int>(come_.size());
  if (factor_.costToRemove(gone_) + factor_.costToAdd(old, added) > factor_.costToAdd(0, all)) {
    clear();
    come_.resize(at(all));
    std::iota(come_.begin(), come_.end(), 0);
  } else if (!gone_.empty()) {
    factor_.remove(gone_);
    std::size_t next = 0, kept = 0;
    for (std::size_t f = 0; f < entries_.size(); ++f) {
      if (next < gone_.size() && gone_[next] == static_cast<int>(f)) {
        ++next;
        continue;
      }
      entries_[kept] = entries_[f];
      diagonal_[kept++] = diagonal_[f];
    }
    entries_.resize(kept);
    diagonal_.resize(kept);
  }
  return come_.empty() || add(form, support);
}

/// Adds the entries come_.
bool SupportFactor::add(const QuadraticForm& form, const Support& support) {
  const int count = static_cast<int>(come_.size()), old = factor_.size();
  const Mat<double> rows = factor_.rowsToAdd(count);
  const auto entry = [&](int i) { return support.entries[at(come_[at(i)])]; };
  const auto copy = [&](int to, int other, int from) {
    const double* column = form.gram(other / responses_);
    for (int i = from; i < count && responses_ == 1; ++i) rows(i, to) = column[entry(i)];
    for (int i = from; i < count && responses_ > 1; ++i) {
      rows(i, to) = entry(i) % responses_ == other % responses_ ? column[entry(i) / responses_] : 0;
    }
  };
  double most = 0;
  for (int j = 0; j < old; ++j) copy(j, entries_[at(j)], 0);
  for (int j = 0; j < count; ++j) {
    copy(old + j, entry(j), j);
    most = std::max(most, rows(j, old + j));
    rows(j, old + j) += support.diagonal[at(come_[at(j)])];
  }
  for (const Support::Block& each : support.blocks) {  // then all entries are new, in their order
    for (int j = each.begin; j < each.end; ++j) {
      for (int i = j; i < each.end; ++i) rows(i, j) += each.along * support.direction[at(i)] * support.direction[at(j)];
    }
  }
  if (!factor_.add(count, Tuning::leastPivot * most)) return false;
  for (const int k : come_) {
    entries_.push_back(support.entries[at(k)]);
    diagonal_.push_back(support.diagonal[at(k)]);
  }
  return true;
}

void SupportFactor::solve(std::span<double> step) {
  ordered_.resize(step.size());
  for (std::size_t f = 0; f < ordered_.size(); ++f) ordered_[f] = step[at(rank_[at(entries_[f])])];
  factor_.solve(ordered_);
  for (std::size_t f = 0; f < ordered_.size(); ++f) step[at(rank_[at(entries_[f])])] = ordered_[f];
}

}  // namespace nonconvex
