// Why the interior-point method has found no solution, in words.
#pragma once

#include <span>
#include <string>

#include "core/reduced_inertia.hpp"
#include "methods/interior_point/barrier_nlp.hpp"
#include "solvers/nlp/multistart.hpp"

namespace nonconvex {

/// The message of `stalled`: which attempts were made, how well the best point satisfies each condition, what to try.
std::string explainStalled(const BarrierNlp& nlp, const BarrierPoint& best, double error,
                           std::span<const Attempt> made);

/// The message of `stalled` at a stationary point that is no minimum.
std::string explainSaddle(const ReducedInertia& inertia, std::span<const Attempt> made);

}  // namespace nonconvex
