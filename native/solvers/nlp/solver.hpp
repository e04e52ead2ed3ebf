// The solver of equality-constrained nonlinear programs, and what runs it.
#pragma once

#include "core/run.hpp"
#include "solvers/nlp/newton_method.hpp"

namespace nonconvex {

using NlpSolver = NewtonMethod;

}  // namespace nonconvex
