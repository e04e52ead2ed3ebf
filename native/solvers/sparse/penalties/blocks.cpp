#include "solvers/sparse/penalties/blocks.hpp"

#include <algorithm>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"

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
}

BlockPenaltyAt::BlockPenaltyAt(const Blocks& blocks, const SparseSettings& settings, double lambda) : blocks_(blocks) {
  scaled_.kind = ofNorm(settings.penalty);
  scaled_.gamma = PenaltyAt::gammaOf(settings);
  if (settings.penalty == SparsePenalty::sparseGroupLasso) {
    scaled_.l1 = lambda * settings.alpha;
    scaled_.l = lambda * (1 - settings.alpha);
  } else {
    scaled_.l = lambda * settings.alpha;
    scaled_.ridge = lambda * (1 - settings.alpha);
  }
}

/// Factors are of the norm and its square; absolute values in a sparse group all weigh the same, unless it is free.
BlockPenalty BlockPenaltyAt::of(int group) const {
  BlockPenalty penalty = scaled_;
  const double factor = blocks_.factor(group);
  penalty.l *= factor;
  penalty.ridge *= factor;
  if (factor == 0) penalty.l1 = 0;
  return penalty;
}

}  // namespace nonconvex
