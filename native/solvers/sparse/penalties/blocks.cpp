#include "solvers/sparse/penalties/blocks.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {
Blocks::Blocks(const SparseData& data, const SparseSettings& settings)
    : data_(data), joint_(isOfGroups(settings.penalty)) {
  const bool grouped = joint_ && !data.groups.empty();
  const auto groupOf = [&](int j) { return grouped ? data.groups[at(j)] : j; };
  int groups = 0;
  for (int j = 0; j < data.p(); ++j) groups = std::max(groups, groupOf(j) + 1);
  begins_.assign(at(groups) + 1, 0);
  factors_.assign(at(groups), 1.0);
  for (int j = 0; j < data.p(); ++j) {
    factors_[at(groupOf(j))] = data.factor[at(j)];
    if (!data.constant[at(j)]) ++begins_[at(groupOf(j)) + 1];
  }
  for (int g = 0; g < groups; ++g) begins_[at(g) + 1] += begins_[at(g)];
  columns_.resize(at(begins_.back()));
  std::vector<int> next(begins_.begin(), begins_.end() - 1);
  for (int j = 0; j < data.p(); ++j) {
    if (!data.constant[at(j)]) columns_[at(next[at(groupOf(j))]++)] = j;
  }
  std::size_t widest = 0;
  for (int g = 0; g < groups && joint_; ++g) widest = std::max(widest, columns(g).size());
  for (auto* each : {&block_, &lower_, &upper_}) each->resize(widest * at(data.responses()));
}

}  // namespace nonconvex
