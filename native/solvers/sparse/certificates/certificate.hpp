// A lower bound of the optimum at one lambda, from the derivatives of the loss at any point.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/losses/loss.hpp"
#include "solvers/sparse/penalties/blocks.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"

namespace nonconvex {

/// What rounding may leave of a gradient above its bound, as a share of that.
inline constexpr double edgeOfGradients = 1e-12;

/// Violations of the conditions on the columns in use, of which a derivative at a bound has to be more to count as
/// held.
inline constexpr double violationsOfHeld = 10;

/// sup of v b - l1 |b| - l2 b^2 / 2 over lower <= b <= upper.
inline double penaltyConjugate(double v, double l1, double l2, double lower, double upper) {
  const double excess = std::abs(v) - l1;
  if (excess <= 0) return 0;
  const double end = v > 0 ? upper : -lower;
  if (l2 == 0 && std::isinf(end)) return excess <= edgeOfGradients * l1 ? 0 : infinity;
  const double b = l2 > 0 ? std::min(excess / l2, end) : end;
  return b == 0 ? 0 : (excess - l2 / 2 * b) * b;
}

/// The largest share s <= 1 for which s times the gradients of the columns, which are p x K, has a finite conjugate.
double feasibleShare(const SparseData& data, const PenaltyAt& penalty, Mat<const double> gradients);
double feasibleShare(const Blocks& blocks, const BlockPenaltyAt& penalty, Mat<const double> gradients);
/// The sum of the conjugates of the penalty at -s times the gradients.
double conjugates(const SparseData& data, const PenaltyAt& penalty, Mat<const double> gradients, double share);
double conjugates(const Blocks& blocks, const BlockPenaltyAt& penalty, Mat<const double> gradients, double share);

/// Whether a bound holds a coefficient, at place j + p k of column j and response k, against a derivative of more than
/// `least`.
bool isHeld(const SparseData& data, int place, double b, double derivative, double least);
/// sup of -s g^T b within the bounds over coefficients that bounds hold, at these places; gradients are p x K.
double conjugatesOfHeld(const SparseData& data, std::span<const int> places, Mat<const double> gradients, double share);

/// Makes slopes w u orthogonal to the intercept and to columns without penalty, by a move along the curvatures w h,
/// which keeps them in the domain of the conjugate while no prediction changes by more than 1. False where one does,
/// but for kinked losses, whose slopes a share brings back.
bool makeOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const int> free, bool intercept,
                    std::span<const double> curvatures, std::span<double> slopes);
/// Moves t along columns without penalty until slopes, the derivatives there of a joint loss, which does not change
/// with a constant, are orthogonal to these. False where that takes too long.
bool makeOrthogonalAt(const SparseData& data, RowsLoss& loss, std::span<const int> free, std::span<double> t,
                      std::span<double> slopes);

}  // namespace nonconvex
