#include "solvers/discrete/adversarialBayes/violated_sets.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {

std::vector<std::vector<int>> ViolatedSets::find(std::span<const double> q, double radius) {
  q_ = q;
  radius_ = radius;
  found_.clear();
  std::vector<int> candidates;
  for (int i = 0; i < graph_.rows(); ++i) {
    if (q[at(i)] <= Tuning::violated) continue;
    la_.checkpoint();
    candidates.clear();
    for (const ConflictGraph::Neighbour& each : graph_.of(i)) {
      const bool meets = each.row > i && ConflictGraph::meet(each.distance, radius);
      if (meets && q[at(each.row)] > Tuning::violated) candidates.push_back(each.row);
    }
    std::sort(candidates.begin(), candidates.end(),
              [&](int j, int k) { return q[at(j)] != q[at(k)] ? q[at(j)] > q[at(k)] : j < k; });
    set_.assign(1, i);
    most_ = found_.size() + Tuning::perRow;
    extend(candidates, q[at(i)]);
  }
  return std::move(found_);
}

/// Adds one of the candidates, which are in conflict with all rows of the set, by falling q.
void ViolatedSets::extend(std::span<const int> candidates, double sum) {
  const int room = order_ - static_cast<int>(set_.size());
  for (std::size_t place = 0; place < candidates.size() && found_.size() < most_; ++place) {
    const int j = candidates[place];
    if (sum + room * q_[at(j)] <= 1 + Tuning::violated) return;
    const double next = sum + q_[at(j)];
    set_.push_back(j);
    if (haveCommonPoint(problem_, set_, radius_)) {
      // A set whose sum exceeds 1 is enough: larger ones come once this one is kept.
      if (next > 1 + Tuning::violated) {
        found_.push_back(set_);
      } else if (room > 1) {
        std::vector<int> rest;
        for (const int k : candidates.subspan(place + 1)) {
          if (inConflict(j, k)) rest.push_back(k);
        }
        extend(rest, next);
      }
    }
    set_.pop_back();
  }
}

bool ViolatedSets::inConflict(int i, int j) const {
  const std::span<const ConflictGraph::Neighbour> of = graph_.of(i);
  const auto place =
      std::lower_bound(of.begin(), of.end(), j, [](const ConflictGraph::Neighbour& a, int row) { return a.row < row; });
  return place != of.end() && place->row == j && ConflictGraph::meet(place->distance, radius_);
}

}  // namespace nonconvex
