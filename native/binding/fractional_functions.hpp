// The parts of ratios that no table has, as JavaScript has them.
#pragma once

#include "solvers/fractional/problem.hpp"

namespace nonconvex {

class Reader;

/// Reads matrices, and the functions of a separable denominator.
void readFunctions(const Reader& in, FractionalProblem& problem);

}  // namespace nonconvex
