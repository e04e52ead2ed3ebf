// Where to begin with an objective of many terms: section 1.8 of docs/newton.md.
#pragma once

#include "linalg/cpu.hpp"
#include "solvers/newton_model.hpp"

namespace nonconvex {

struct SampledStart {
  Vector x;            ///< empty where there is none
  Vector multipliers;  ///< of the problem without scaling
  int steps = 0;
  NewtonSolution::Time time;
};

/// Minimises an estimate of f that is cheap from `point` on, as far as it is known to be right; where it has such an
/// estimate itself, that first. `model` is moved there and back.
SampledStart minimizeSample(const Cpu& la, NewtonModel& model, const NewtonPoint& point,
                            const NewtonSettings& settings);

}  // namespace nonconvex
