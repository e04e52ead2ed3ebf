// Which inner solver a Newton method gets.
#pragma once

#include "solvers/newton_inner.hpp"
#include "solvers/newton_model.hpp"

namespace nonconvex {

/// By `settings.inner`, for a model that is linearised somewhere. `sampleH` and `sampleJ` are values of the kind to
/// come.
std::unique_ptr<InnerSolver> innerSolver(const NewtonSettings& settings, const NewtonModel& model,
                                         std::span<const double> sampleH, std::span<const double> sampleJ,
                                         const Cpu& la);

}  // namespace nonconvex
