// A lower bound of the optimum at one lambda, from the derivatives of the loss at any point.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/losses/loss.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"

namespace nonconvex {

/// The largest share s <= 1 for which s times the gradients of the columns, which are p x K, has a finite conjugate.
double feasibleShare(const PenaltyAt& penalty, Mat<const double> gradients);
/// The sum of the conjugates of the penalty at -s times the gradients.
double conjugates(const PenaltyAt& penalty, Mat<const double> gradients, double share);

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
/// What makeOrthogonal() of one response does, for all of them: slopes become orthogonal to the intercepts and, those
/// of each response, to its columns of `free`, at the point with these first and second derivatives.
bool makeResponsesOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const std::vector<int>> free,
                             bool intercept, std::span<const double> first, std::span<const double> second,
                             std::span<double> slopes);
/// Moves t along columns without penalty until slopes, the derivatives there of a joint loss, which does not change
/// with a constant, are orthogonal to these. False where that takes too long.
bool makeOrthogonalAt(const SparseData& data, RowsLoss& loss, std::span<const int> free, std::span<double> t,
                      std::span<double> slopes);

}  // namespace nonconvex
