#include "methods/matching/bipartite_matching.hpp"

#include <algorithm>
#include <utility>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

BipartiteMatching::BipartiteMatching(const Cpu& la, std::vector<double> left, std::vector<double> right,
                                     const BipartiteEdges& edges)
    : la_(la),
      edges_(edges),
      left_(std::move(left)),
      right_(std::move(right)),
      flow_(edges.to.size()),
      inBegin_(right_.size() + 1),
      in_(edges.to.size()),
      from_(edges.to.size()),
      leftLevel_(left_.size()),
      rightLevel_(right_.size()),
      leftNext_(left_.size()),
      rightNext_(right_.size()) {
  for (const int j : edges.to) ++inBegin_[at(j) + 1];
  for (std::size_t j = 0; j < right_.size(); ++j) inBegin_[j + 1] += inBegin_[j];
  std::vector<std::size_t> next(inBegin_.begin(), inBegin_.end() - 1);
  for (std::size_t i = 0; i < left_.size(); ++i) {
    for (std::size_t e = edges.begin[i]; e < edges.begin[i + 1]; ++e) {
      from_[e] = static_cast<int>(i);
      in_[next[at(edges.to[e])]++] = e;
    }
  }
}

double BipartiteMatching::bytes(double nodes, double edges) {
  return nodes * (sizeof(double) + 2 * sizeof(int) + 3 * sizeof(std::size_t)) +
         edges * (sizeof(double) + sizeof(int) + sizeof(std::size_t));
}

double BipartiteMatching::total() const {
  double sum = 0;
  for (const double each : flow_) sum += each;
  return sum;
}

bool BipartiteMatching::phase() {
  if (!findLevels()) return false;
  for (std::size_t i = 0; i < left_.size(); ++i) leftNext_[i] = edges_.begin[i];
  std::copy(inBegin_.begin(), inBegin_.end() - 1, rightNext_.begin());
  for (int i = 0; i < static_cast<int>(left_.size()); ++i) {
    if (left_[at(i)] > 0) augmentFrom(i);
    if (i % Tuning::nodesBetweenLooks == 0) la_.checkpoint();
  }
  return true;
}

/// The length of the shortest path from a left node with capacity to each node; returns true if one ends at a right
/// node with capacity. Otherwise all nodes that can be reached have a level.
bool BipartiteMatching::findLevels() {
  std::fill(leftLevel_.begin(), leftLevel_.end(), -1);
  std::fill(rightLevel_.begin(), rightLevel_.end(), -1);
  queue_.clear();
  for (std::size_t i = 0; i < left_.size(); ++i) {
    if (left_[i] <= 0) continue;
    leftLevel_[i] = 0;
    queue_.push_back(static_cast<int>(i));
  }
  int last = -1;  // the level of the first right node with capacity
  for (std::size_t place = 0; place < queue_.size(); ++place) {
    const std::size_t i = at(queue_[place]);
    if (last >= 0 && leftLevel_[i] >= last) break;
    if (place % Tuning::nodesBetweenLooks == 0) la_.checkpoint();
    for (std::size_t e = edges_.begin[i]; e < edges_.begin[i + 1]; ++e) {
      const std::size_t j = at(edges_.to[e]);
      if (rightLevel_[j] >= 0) continue;
      rightLevel_[j] = leftLevel_[i] + 1;
      if (right_[j] > 0) last = rightLevel_[j];
      for (std::size_t k = inBegin_[j]; k < inBegin_[j + 1]; ++k) {
        const std::size_t back = at(from_[in_[k]]);
        if (flow_[in_[k]] <= 0 || leftLevel_[back] >= 0) continue;
        leftLevel_[back] = rightLevel_[j] + 1;
        queue_.push_back(static_cast<int>(back));
      }
    }
  }
  return last >= 0;
}

/// Augments from a left node until it has no capacity, or no path of the least length is left.
void BipartiteMatching::augmentFrom(int source) {
  path_.clear();
  while (left_[at(source)] > 0) {
    if (path_.size() % 2 == 0) {
      if (!advanceFromLeft(source)) return;
    } else if (right_[at(edges_.to[path_.back()])] > 0) {
      augment(source);
      path_.clear();
    } else {
      advanceFromRight();
    }
  }
}

/// Takes an edge from the left node at the end of the path to the next level, or drops the end; returns false where the
/// path is empty then.
bool BipartiteMatching::advanceFromLeft(int source) {
  const int i = path_.empty() ? source : from_[path_.back()];
  std::size_t& e = leftNext_[at(i)];
  for (; e < edges_.begin[at(i) + 1]; ++e) {
    if (rightLevel_[at(edges_.to[e])] != leftLevel_[at(i)] + 1) continue;
    path_.push_back(e);
    return true;
  }
  if (path_.empty()) return false;
  ++rightNext_[at(edges_.to[path_.back()])];
  path_.pop_back();
  return true;
}

/// Takes an edge back from the right node at the end of the path, or drops the end.
bool BipartiteMatching::advanceFromRight() {
  const int j = edges_.to[path_.back()];
  std::size_t& k = rightNext_[at(j)];
  for (; k < inBegin_[at(j) + 1]; ++k) {
    const std::size_t e = in_[k];
    if (flow_[e] <= 0 || leftLevel_[at(from_[e])] != rightLevel_[at(j)] + 1) continue;
    path_.push_back(e);
    return true;
  }
  ++leftNext_[at(from_[path_.back()])];
  path_.pop_back();
  return false;
}

/// Adds as much as there is room for along the path.
void BipartiteMatching::augment(int source) {
  double& end = right_[at(edges_.to[path_.back()])];
  double most = std::min(left_[at(source)], end);
  for (std::size_t place = 1; place < path_.size(); place += 2) most = std::min(most, flow_[path_[place]]);
  for (std::size_t place = 0; place < path_.size(); ++place) flow_[path_[place]] += place % 2 == 0 ? most : -most;
  left_[at(source)] -= most;
  end -= most;
}

}  // namespace nonconvex
