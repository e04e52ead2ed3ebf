#include "methods/projection/cones_over_ranks.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/index.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

struct ConesOverRanks::Tuning {
  /// measured: Rows of a rank that a group adds at once.
  static constexpr int mostOfGroup = 4;
  /// measured: A row is handed to all ranks if its violation is at least this share of the worst.
  static constexpr double nearlyWorst = 0.5;
  /// measured: Points whose products with the rows are computed together.
  static constexpr int columnsAtOnce = 32;
  /// measured: Rows beyond twice those of the last time at which unused rows are forgotten.
  static constexpr int worthForgetting = 256;
};

ConesOverRanks::ConesOverRanks(const Cpu& la, Mat<const double> xt, Mat<const double> patterns, int groups,
                               std::shared_ptr<Ranks> ranks)
    : la_(la),
      xt_(xt),
      patterns_(patterns),
      ranks_(std::move(ranks)),
      groups_(groups),
      norms_(at(xt.cols)),
      isHeld_(at(xt.cols)),
      violations_(at(groups)),
      held_(xt.rows, 0),
      heldPatterns_(0, patterns.cols),
      points_(xt.rows, Tuning::columnsAtOnce),
      ownProducts_(xt.cols, Tuning::columnsAtOnce) {
  for (int k = 0; k < xt.cols; ++k) norms_[at(k)] = blas::nrm2(xt.rows, xt.column(k));
}

void ConesOverRanks::project(Vec<const int> list, Mat<const double> b, Mat<double> p, Mat<double> xp) {
  forget();
  std::vector<int> pending(at(list.size));
  for (int place = 0; place < list.size; ++place) pending[at(place)] = place;
  std::vector<double> worst;
  while (!pending.empty()) {
    std::vector<int> groups;
    for (const int place : pending) groups.push_back(list[place]);
    projectOnHeld({groups.data(), static_cast<int>(groups.size())}, b, p);
    look(list, pending, b, p, xp);
    worst.assign(pending.size(), 0);
    for (std::size_t i = 0; i < pending.size(); ++i) {
      for (const Violation& each : violations_[at(pending[i])]) worst[i] = std::max(worst[i], each.by);
    }
    ranks_->max(worst);
    std::vector<int> rows, left;
    for (std::size_t i = 0; i < pending.size(); ++i) {
      if (worst[i] == 0) continue;
      left.push_back(pending[i]);
      for (const Violation& each : violations_[at(pending[i])]) {
        if (each.by >= Tuning::nearlyWorst * worst[i]) rows.push_back(each.row);
      }
    }
    if (left.empty()) return;
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    handOut(rows);
    pending.swap(left);
  }
}

/// p := the projections of the listed groups onto the cones of the rows held.
void ConesOverRanks::projectOnHeld(Vec<const int> list, Mat<const double> b, Mat<double> p) {
  if (projector_) return projector_->project(list, b, 0, p, products_);
  for (int i = 0; i < list.size; ++i) std::copy(b.column(list[i]), b.column(list[i]) + b.rows, p.column(list[i]));
}

/// Multiplies the points of some places of the list by this rank's rows, and finds those that are violated.
void ConesOverRanks::look(Vec<const int> list, const std::vector<int>& places, Mat<const double> b, Mat<const double> p,
                          Mat<double> xp) {
  const int n = xt_.cols;
  for (std::size_t first = 0; first < places.size(); first += Tuning::columnsAtOnce) {
    const int count = static_cast<int>(std::min<std::size_t>(Tuning::columnsAtOnce, places.size() - first));
    for (int i = 0; i < count; ++i) {
      const double* from = p.column(list[places[first + at(i)]]);
      std::copy(from, from + p.rows, points_.column(i));
    }
    const Mat<double> products = ownProducts_.columns(0, count);
    la_.gemmWithAborts(Transpose::yes, Transpose::no, 1.0, xt_, Mat<const double>(points_).columns(0, count), 0.0,
                       products);
    la_.tasks(
        count,
        [&](int i) {
          const int place = places[first + at(i)], group = list[place];
          const double tolerance = ConeProjector::Tuning::feasibility * blas::nrm2(b.rows, b.column(group));
          std::copy(products.column(i), products.column(i) + n, xp.column(place));
          findViolated(group, products.column(i), tolerance, violations_[at(place)]);
        },
        4.0 * n * count);
  }
}

/// The worst of this rank's rows that a point violates, of those that are not held.
void ConesOverRanks::findViolated(int group, const double* product, double tolerance,
                                  std::vector<Violation>& found) const {
  found.clear();
  const double* pattern = patterns_.column(group % patterns_.cols);
  const auto worse = [](const Violation& one, const Violation& other) { return one.by > other.by; };
  for (int k = 0; k < xt_.cols; ++k) {
    const double slack = (2 * pattern[k] - 1) * product[k];
    if (!(slack < -tolerance * norms_[at(k)]) || isHeld_[at(k)] != 0) continue;
    const Violation each{-slack / norms_[at(k)], k};
    if (static_cast<int>(found.size()) == Tuning::mostOfGroup) {
      if (each.by <= found.front().by) continue;
      std::pop_heap(found.begin(), found.end(), worse);
      found.pop_back();
    }
    found.push_back(each);
    std::push_heap(found.begin(), found.end(), worse);
  }
}

/// Adds rows of this rank, and what the others add, to those that all hold: in the order of ranks.
void ConesOverRanks::handOut(const std::vector<int>& rows) {
  const int d = xt_.rows, patterns = patterns_.cols, rank = ranks_->rank();
  std::vector<double> counts(at(ranks_->size()));
  counts[at(rank)] = static_cast<double>(rows.size());
  ranks_->sum(counts);
  int before = 0, all = 0;
  for (int r = 0; r < ranks_->size(); ++r) {
    if (r < rank) before += static_cast<int>(counts[at(r)]);
    all += static_cast<int>(counts[at(r)]);
  }
  const std::size_t numbers = at(d) + at(patterns);
  std::vector<double> together(at(all) * numbers);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* to = together.data() + (at(before) + i) * numbers;
    std::copy(xt_.column(rows[i]), xt_.column(rows[i]) + d, to);
    for (int j = 0; j < patterns; ++j) to[d + j] = patterns_(rows[i], j);
  }
  ranks_->sum(together);

  const int held = held_.cols();
  HostMatrix<double> grown(d, held + all), grownPatterns(held + all, patterns);
  std::copy(held_.data(), held_.data() + held_.size(), grown.data());
  for (int j = 0; j < patterns; ++j) {
    for (int k = 0; k < held; ++k) grownPatterns(k, j) = heldPatterns_(k, j);
  }
  for (int k = 0; k < all; ++k) {
    const double* from = together.data() + at(k) * numbers;
    std::copy(from, from + d, grown.column(held + k));
    for (int j = 0; j < patterns; ++j) grownPatterns(held + k, j) = from[d + j];
  }
  owners_.resize(at(held + all), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    owners_[at(held + before) + i] = rows[i];
    isHeld_[at(rows[i])] = 1;
  }
  std::vector<int> places(at(held));
  for (int k = 0; k < held; ++k) places[at(k)] = k;
  rebuild(std::move(grown), std::move(grownPatterns), places);
}

/// Drops the rows held that no cone has active, where these have become most of them.
void ConesOverRanks::forget() {
  if (rowsHeld() < 2 * atLastForgetting_ + Tuning::worthForgetting) return;
  std::vector<char> active(at(rowsHeld()));
  for (int g = 0; g < groups_; ++g) {
    for (const int row : projector_->activeSet(g).rows()) active[at(row)] = 1;
  }
  std::vector<int> places(active.size(), -1), kept;
  for (int k = 0; k < rowsHeld(); ++k) {
    if (active[at(k)] != 0) {
      places[at(k)] = static_cast<int>(kept.size());
      kept.push_back(k);
    } else if (owners_[at(k)] >= 0) {
      isHeld_[at(owners_[at(k)])] = 0;
    }
  }
  const int count = static_cast<int>(kept.size());
  HostMatrix<double> held(xt_.rows, count), heldPatterns(count, patterns_.cols);
  std::vector<int> owners;
  for (int k = 0; k < count; ++k) {
    std::copy(held_.column(kept[at(k)]), held_.column(kept[at(k)]) + xt_.rows, held.column(k));
    for (int j = 0; j < patterns_.cols; ++j) heldPatterns(k, j) = heldPatterns_(kept[at(k)], j);
    owners.push_back(owners_[at(kept[at(k)])]);
  }
  owners_ = std::move(owners);
  atLastForgetting_ = count;
  rebuild(std::move(held), std::move(heldPatterns), places);
}

/// Takes other rows to be held; `places` are those of the rows that were held before, or -1.
void ConesOverRanks::rebuild(HostMatrix<double> held, HostMatrix<double> heldPatterns, const std::vector<int>& places) {
  const std::unique_ptr<ConeProjector> before = std::move(projector_);
  held_ = std::move(held);
  heldPatterns_ = std::move(heldPatterns);
  if (rowsHeld() == 0) return;
  products_ = HostMatrix<double>(rowsHeld(), groups_);
  projector_ = std::make_unique<ConeProjector>(la_, held_, heldPatterns_, groups_);
  if (before) projector_->takeActiveSets(*before, places);
}

double ConesOverRanks::normBound(int group, const double* q, double* work) const {
  return projector_ ? projector_->normBound(group, q, work) : blas::nrm2(xt_.rows, q);
}

}  // namespace nonconvex
