// The penalties of all blocks at one lambda.
#pragma once

#include <algorithm>
#include <span>

#include "solvers/sparse/penalties/block_penalty.hpp"
#include "solvers/sparse/penalties/blocks.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// The shape of the penalty that settings ask for, the usual one where they say nothing; 0 where it has none.
double gammaOf(const SparseSettings& settings);

/// The penalties of all blocks at one lambda.
class PenaltyAt {
 public:
  PenaltyAt(const Blocks& blocks, const SparseSettings& settings, double lambda);

  const Blocks& blocks() const { return blocks_; }
  /// The penalty of the blocks of a group. Factors are of the norm and its square; absolute values in a sparse group
  /// all weigh the same, unless it is free.
  BlockPenalty of(int group) const {
    BlockPenalty penalty = scaled_;
    const double factor = blocks_.factor(group);
    penalty.l = slopes_.empty() ? penalty.l * factor : slopes_[at(group)];
    penalty.ridge *= factor;
    if (factor == 0) penalty.l1 = 0;
    return penalty;
  }
  /// Norms with these weights instead, one for each group; squares stay.
  PenaltyAt tangent(std::span<const double> slopes) const;
  /// Whether it was made by tangent().
  bool isTangent() const { return !slopes_.empty(); }
  bool convex() const { return scaled_.convex(); }
  bool isZero() const { return scaled_.isZero(); }
  bool hasRidge() const { return scaled_.ridge > 0; }
  double gamma() const { return scaled_.gamma; }
  /// The steepest that it is at 0 with a factor of 1.
  double largestSlope() const { return scaled_.l + scaled_.l1; }
  // A block of a group that is 0, by its gradient:
  /// Whether it is near the edge from which on the block leaves 0, by this share of the penalty.
  bool isNearEdge(int group, std::span<const double> gradient, const BlockBounds& bounds, double share) const;
  double violationAtZero(int group, std::span<const double> gradient, const BlockBounds& bounds) const {
    const BlockPenalty along = of(group);
    return std::max(0.0, along.dualNorm(gradient, bounds) - along.slopeAtZero());
  }
  /// The lambda at which the slope of the penalty is that of the loss, for alpha no less than `leastAlpha`.
  double lambdaOfSlope(int group, std::span<const double> gradient, const BlockBounds& bounds, double leastAlpha) const;
  /// The least lambda at which the block is 0, for a curvature of the loss along it.
  double lambdaOfZero(int group, std::span<const double> gradient, const BlockBounds& bounds, double leastAlpha,
                      double curvature) const;

 private:
  struct Tuning;
  double lambdaOfSparseGroup(int group, std::span<const double> gradient, const BlockBounds& bounds) const;

  const Blocks& blocks_;
  const SparseSettings& settings_;
  BlockPenalty scaled_;             ///< the penalty with a factor of 1
  std::span<const double> slopes_;  ///< weights that replace those of the norms; empty: none do
};

}  // namespace nonconvex
