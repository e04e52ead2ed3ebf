// Reports and results of a solve, of the problem as it was given.
#pragma once

#include "core/status.hpp"
#include "methods/globalization/best_point.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// Report of the best point so far; with the point itself if `withPoint`.
NlpProgress reportOf(const BestPoint& best, const ScaledNlp& model, const KktSystem& system, bool withPoint);

/// The best point, with what evaluations and linear systems took.
NlpSolution solutionOf(const BestPoint& best, const ScaledNlp& model, const KktSystem& system);

}  // namespace nonconvex
