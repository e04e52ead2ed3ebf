// A start where the constraints hold, for problems whose objective is dear beside them.
#pragma once

#include <span>

#include "problems/nlp.hpp"

namespace nonconvex {

/// Moves x to a point near by with c(x) = 0: Newton's steps of least length, x -= J^T (J J^T)^{-1} c. Only c and J are
/// evaluated. False, and x as it was, where they do not get there or the equations are so many that they are dear too.
bool moveToFeasible(Nlp& nlp, std::span<double> x);

}  // namespace nonconvex
