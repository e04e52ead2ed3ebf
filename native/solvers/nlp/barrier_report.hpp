// Reports and results of the interior-point method, of the problem as it was given.
#pragma once

#include "methods/interior_point/active_set_polish.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// Report of a point with its residual, and of the last iteration of the state's phase; with the point itself if
/// `withPoint`.
NlpProgress reportOf(const BarrierState& state, const BarrierPoint& point, double residual, NlpPhase phase,
                     bool withPoint);

/// A point of the problem with the bounds and sides that it is at, probably.
NlpSolution solutionOf(const BarrierNlp& nlp, const BarrierPoint& point);
/// A point that is no solution, with what evaluations and linear systems took.
NlpSolution solutionOf(const BarrierState& state, const BarrierPoint& point, double residual);
/// A solution that was looked at, and perhaps polished, likewise.
NlpSolution solutionOf(const BarrierState& state, const ActiveSetPolish& polish);

}  // namespace nonconvex
