// An earlier solution as a start on the scaled data.
#pragma once

#include "solvers/relu/data.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// The user's warm start on the scaled data, for a program whose weights are dimension x columns over P patterns; no
/// columns if the user gave none. Refuses one of another shape.
ReluWarmStart scaledWarmStart(const ReluData& data, const ReluWarmStart& warm, int dimension, int columns,
                              int patterns);

}  // namespace nonconvex
