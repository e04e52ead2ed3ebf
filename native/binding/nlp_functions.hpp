// The functions of nonlinear programs, as JavaScript has them.
#pragma once

#include "solvers/nlp/problem.hpp"

namespace nonconvex {

class Reader;

/// Reads a request's `program` or `callbacks`, and where it begins if it has no `start`.
void readFunctions(const Reader& in, NlpProblem& problem);

}  // namespace nonconvex
