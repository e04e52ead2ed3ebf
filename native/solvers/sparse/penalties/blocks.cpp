#include "solvers/sparse/penalties/blocks.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"

namespace nonconvex {
namespace {

constexpr int mostBisections = 200;  ///< safeguard: bisections for a lambda, which end by rounding

}  // namespace

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

BlockPenaltyAt::BlockPenaltyAt(const Blocks& blocks, const SparseSettings& settings, double lambda)
    : blocks_(blocks), settings_(settings) {
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
  penalty.l = slopes_.empty() ? penalty.l * factor : slopes_[at(group)];
  penalty.ridge *= factor;
  if (factor == 0) penalty.l1 = 0;
  return penalty;
}

BlockPenaltyAt BlockPenaltyAt::tangent(std::span<const double> slopes) const {
  BlockPenaltyAt made = *this;
  made.scaled_.kind = SparsePenalty::lasso;
  made.slopes_ = slopes;
  return made;
}

bool BlockPenaltyAt::isNearEdge(int group, std::span<const double> gradient, const BlockBounds& bounds,
                                double share) const {
  BlockPenalty along = of(group);
  along.l1 *= share;
  return along.dualNorm(gradient, bounds) >= share * along.l;
}

double BlockPenaltyAt::violationAtZero(int group, std::span<const double> gradient, const BlockBounds& bounds) const {
  const BlockPenalty along = of(group);
  return std::max(0.0, along.dualNorm(gradient, bounds) - along.slopeAtZero());
}

double BlockPenaltyAt::lambdaOfSlope(int group, std::span<const double> gradient, const BlockBounds& bounds,
                                     double leastAlpha) const {
  const double factor = blocks_.factor(group), norm = BlockPenalty{}.dualNorm(gradient, bounds);
  if (settings_.penalty != SparsePenalty::sparseGroupLasso) {
    return norm / (factor * std::max(settings_.alpha, leastAlpha));
  }
  if (norm == 0) return 0;
  const double largest = normInf(gradient);
  double low = 0, high = settings_.alpha > 0 ? largest / settings_.alpha : infinity;
  if (settings_.alpha < 1) high = std::min(high, norm / ((1 - settings_.alpha) * factor));
  for (int k = 0; k < mostBisections && high - low > machineEpsilon * high; ++k) {
    const double middle = low + (high - low) / 2;
    const BlockPenalty penalty = BlockPenaltyAt(blocks_, settings_, middle).of(group);
    (penalty.dualNorm(gradient, bounds) > penalty.l ? low : high) = middle;
  }
  return high;
}

double BlockPenaltyAt::lambdaOfZero(int group, std::span<const double> gradient, const BlockBounds& bounds,
                                    double leastAlpha, double curvature) const {
  const double slope = lambdaOfSlope(group, gradient, bounds, leastAlpha);
  if (convex() || gradient.size() > 1 || !(curvature > 0)) return slope;
  return scaled_.with([&](const auto& along) { return along.weightOfZero(curvature, std::abs(gradient[0])); }) /
         std::abs(gradient[0]) * slope * besideTie;
}

}  // namespace nonconvex
