#include "solvers/discrete/learnDag/dag_pattern.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

/// Edges between nodes, some of them with a direction.
class PartlyDirected {
 public:
  explicit PartlyDirected(std::size_t d) : d_(d), arrow_(d * d, 0), joined_(d * d, 0) {}

  bool joined(std::size_t i, std::size_t j) const { return joined_[i * d_ + j] != 0; }
  bool arrow(std::size_t i, std::size_t j) const { return arrow_[i * d_ + j] != 0; }
  bool open(std::size_t i, std::size_t j) const { return joined(i, j) && !arrow(i, j) && !arrow(j, i); }
  void join(std::size_t i, std::size_t j) { joined_[i * d_ + j] = joined_[j * d_ + i] = 1; }
  void direct(std::size_t i, std::size_t j) { arrow_[i * d_ + j] = 1; }

  /// Returns true if i - j has to be i -> j: else there would be another pair of parents, or a cycle.
  bool forced(std::size_t i, std::size_t j) const {
    for (std::size_t k = 0; k < d_; ++k) {
      if (arrow(k, i) && !joined(k, j) && k != j) return true;
      if (arrow(i, k) && arrow(k, j)) return true;
      if (!open(i, k) || !arrow(k, j)) continue;
      for (std::size_t l = k + 1; l < d_; ++l) {
        if (open(i, l) && arrow(l, j) && !joined(k, l)) return true;
      }
    }
    return false;
  }

 private:
  std::size_t d_;
  std::vector<char> arrow_, joined_;
};

}  // namespace

std::vector<PatternEdge> patternOf(const std::vector<std::vector<int>>& parents) {
  const std::size_t d = parents.size();
  PartlyDirected graph(d);
  for (std::size_t j = 0; j < d; ++j) {
    for (const int i : parents[j]) graph.join(at(i), j);
  }
  for (std::size_t j = 0; j < d; ++j) {
    for (const int a : parents[j]) {
      for (const int b : parents[j]) {
        if (a != b && !graph.joined(at(a), at(b))) graph.direct(at(a), j);
      }
    }
  }
  for (bool some = true; some;) {
    some = false;
    for (std::size_t j = 0; j < d; ++j) {
      for (const int i : parents[j]) {
        if (!graph.open(at(i), j) || !graph.forced(at(i), j)) continue;
        graph.direct(at(i), j);
        some = true;
      }
    }
  }
  std::vector<PatternEdge> made;
  for (std::size_t j = 0; j < d; ++j) {
    for (const int i : parents[j]) made.push_back({i, static_cast<int>(j), graph.arrow(at(i), j)});
  }
  return made;
}

double varsortabilityOf(const std::vector<std::vector<int>>& parents, const std::vector<double>& variances) {
  constexpr double tie = 1e-9;  // rounding: variances that differ by less, relative, are equal
  const std::size_t d = parents.size();
  // Nodes from which a path of the length that is looked at leads to each node.
  std::vector<std::vector<char>> from(d, std::vector<char>(d, 0));
  for (std::size_t j = 0; j < d; ++j) {
    for (const int i : parents[j]) from[j][at(i)] = 1;
  }
  double paths = 0, sorted = 0;
  for (bool some = true; some;) {
    some = false;
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t i = 0; i < d; ++i) {
        if (from[j][i] == 0) continue;
        some = true;
        paths += 1;
        const double ratio = variances[j] / variances[i];
        sorted += std::abs(ratio - 1) <= tie ? 0.5 : ratio > 1 ? 1 : 0;
      }
    }
    std::vector<std::vector<char>> next(d, std::vector<char>(d, 0));
    for (std::size_t j = 0; j < d; ++j) {
      for (const int k : parents[j]) {
        for (std::size_t i = 0; i < d; ++i) next[j][i] = static_cast<char>(next[j][i] | from[at(k)][i]);
      }
    }
    from = std::move(next);
  }
  return paths > 0 ? sorted / paths : unknown;
}

}  // namespace nonconvex
