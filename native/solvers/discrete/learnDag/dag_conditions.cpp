#include "solvers/discrete/learnDag/dag_conditions.hpp"

#include <algorithm>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

std::string nameOfEdge(int from, int to) { return std::to_string(from) + " -> " + std::to_string(to); }

}  // namespace

DagConditions::DagConditions(const LearnDagProblem& problem, const LearnDagSettings& settings)
    : d_(problem.x.columns), maxParents_(std::min(settings.maxParents, problem.x.columns - 1)) {
  requireLength("requiredTo", problem.requiredTo.size(), static_cast<int>(problem.requiredFrom.size()));
  requireLength("forbiddenTo", problem.forbiddenTo.size(), static_cast<int>(problem.forbiddenFrom.size()));
  allowed_.assign(at(d_) * at(d_), 1);
  required_.assign(at(d_) * at(d_), 0);
  for (int j = 0; j < d_; ++j) {
    for (int i = 0; i < d_; ++i) {
      const bool late = !problem.tiers.empty() && problem.tiers[at(i)] > problem.tiers[at(j)];
      if (i == j || late || maxParents_ == 0) allowed_[index(i, j)] = 0;
    }
  }
  for (std::size_t k = 0; k < problem.forbiddenFrom.size(); ++k) {
    allowed_[index(problem.forbiddenFrom[k], problem.forbiddenTo[k])] = 0;
  }
  requiredOf_.resize(at(d_));
  optionalOf_.resize(at(d_));
  for (std::size_t k = 0; k < problem.requiredFrom.size(); ++k) {
    const int from = problem.requiredFrom[k], to = problem.requiredTo[k];
    if (!allowed(from, to)) {
      throwRange("required[" + std::to_string(k) + "]", nameOfEdge(from, to),
                 "expected an edge that is not forbidden, by `forbidden`, `tiers` or `maxParents`");
    }
    required_[index(from, to)] = 1;
  }
  for (int j = 0; j < d_; ++j) {
    for (int i = 0; i < d_; ++i) {
      if (required(i, j)) requiredOf_[at(j)].push_back(i);
      if (allowed(i, j) && !required(i, j)) optionalOf_[at(j)].push_back(i);
    }
    const std::size_t most = requiredOf_[at(j)].size();
    require(most <= at(maxParents_), "maxParents", settings.maxParents,
            "expected at least " + std::to_string(most) + ", the required parents of column " + std::to_string(j));
    if (most == at(maxParents_)) optionalOf_[at(j)].clear();
  }
  checkCycles();
}

/// Takes away nodes without required parents until none is left, or follows a cycle among those that are.
void DagConditions::checkCycles() const {
  std::vector<char> gone(at(d_), 0);
  const auto parentOf = [&](int j) {
    for (const int i : requiredOf(j)) {
      if (gone[at(i)] == 0) return i;
    }
    return -1;
  };
  for (bool some = true; some;) {
    some = false;
    for (int j = 0; j < d_; ++j) {
      if (gone[at(j)] != 0 || parentOf(j) >= 0) continue;
      gone[at(j)] = 1;
      some = true;
    }
  }
  const auto first = std::find(gone.begin(), gone.end(), 0);
  if (first == gone.end()) return;
  // Parents of what is left, one after the other, come back to a node.
  std::vector<int> path = {static_cast<int>(first - gone.begin())};
  for (;;) {
    const int next = parentOf(path.back());
    const bool seen = std::find(path.begin(), path.end(), next) != path.end();
    path.push_back(next);
    if (!seen) continue;
    const auto begin = std::find(path.begin(), path.end(), next);
    std::string cycle;
    for (auto node = path.end(); node-- != begin;) cycle += (cycle.empty() ? "" : " -> ") + std::to_string(*node);
    throwRange("required", cycle, "expected edges without a cycle");
  }
}

std::vector<int> DagConditions::ordered(const std::vector<int>& wish) const {
  std::vector<int> order;
  std::vector<char> placed(at(d_), 0);
  while (order.size() < at(d_)) {
    for (const int j : wish) {
      const auto& needed = requiredOf(j);
      if (placed[at(j)] != 0) continue;
      if (!std::all_of(needed.begin(), needed.end(), [&](int i) { return placed[at(i)] != 0; })) continue;
      placed[at(j)] = 1;
      order.push_back(j);
    }
  }
  return order;
}

}  // namespace nonconvex
