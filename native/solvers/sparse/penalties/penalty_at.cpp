#include "solvers/sparse/penalties/penalty_at.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
struct PenaltyAt::Tuning {
  static constexpr int mostBisections = 200;  ///< safeguard: bisections for a lambda, which end by rounding
  /// rounding: factor of the least lambda without an escape from 0, where 0 and a point far away are equally good.
  static constexpr double besideTie = 1 + 1e-12;
};

double gammaOf(const SparseSettings& settings) {
  return visitPenalty(ofNorm(settings.penalty), [&]<class Penalty>() {
    const double usual = Penalty{}.gamma;
    return usual > 0 && isKnown(settings.gamma) ? settings.gamma : usual;
  });
}

PenaltyAt::PenaltyAt(const Blocks& blocks, const SparseSettings& settings, double lambda)
    : blocks_(blocks), settings_(settings) {
  const bool sparse = settings.penalty == SparsePenalty::sparseGroupLasso;
  scaled_.kind = ofNorm(settings.penalty);
  scaled_.gamma = gammaOf(settings);
  scaled_.l = lambda * (sparse ? 1 - settings.alpha : settings.alpha);
  (sparse ? scaled_.l1 : scaled_.ridge) = lambda * (sparse ? settings.alpha : 1 - settings.alpha);
}

PenaltyAt PenaltyAt::tangent(std::span<const double> slopes) const {
  PenaltyAt made = *this;
  made.scaled_.kind = SparsePenalty::lasso;
  made.slopes_ = slopes;
  return made;
}

bool PenaltyAt::isNearEdge(int group, std::span<const double> gradient, const BlockBounds& bounds, double share) const {
  BlockPenalty along = of(group);
  along.l1 *= share;
  return along.dualNorm(gradient, blocks_.single() ? BlockBounds{} : bounds) >= share * along.l;
}

double PenaltyAt::lambdaOfSlope(int group, std::span<const double> gradient, const BlockBounds& bounds,
                                double leastAlpha) const {
  if (settings_.penalty == SparsePenalty::sparseGroupLasso) return lambdaOfSparseGroup(group, gradient, bounds);
  return BlockPenalty{}.dualNorm(gradient, bounds) / (blocks_.factor(group) * std::max(settings_.alpha, leastAlpha));
}

double PenaltyAt::lambdaOfSparseGroup(int group, std::span<const double> gradient, const BlockBounds& bounds) const {
  const double norm = BlockPenalty{}.dualNorm(gradient, bounds), largest = normInf(gradient);
  if (norm == 0) return 0;
  double low = 0, high = settings_.alpha > 0 ? largest / settings_.alpha : infinity;
  if (settings_.alpha < 1) high = std::min(high, norm / ((1 - settings_.alpha) * blocks_.factor(group)));
  for (int k = 0; k < Tuning::mostBisections && high - low > machineEpsilon * high; ++k) {
    const double middle = low + (high - low) / 2;
    const BlockPenalty penalty = PenaltyAt(blocks_, settings_, middle).of(group);
    (penalty.dualNorm(gradient, bounds) > penalty.l ? low : high) = middle;
  }
  return high;
}

double PenaltyAt::lambdaOfZero(int group, std::span<const double> gradient, const BlockBounds& bounds,
                               double leastAlpha, double curvature) const {
  const double slope = lambdaOfSlope(group, gradient, bounds, leastAlpha);
  if (convex() || gradient.size() > 1 || slope == 0) return slope;
  const double a = std::abs(gradient[0]);
  const auto weight = [&](const auto& along) { return curvature > 0 ? along.weightOfZero(curvature, a) : a; };
  return Tuning::besideTie * scaled_.with(weight) / (blocks_.factor(group) * std::max(settings_.alpha, leastAlpha));
}

}  // namespace nonconvex
