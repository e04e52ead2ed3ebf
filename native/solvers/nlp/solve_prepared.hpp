// Solves of a prepared quadratic program on the calling thread.
#pragma once

#include <string>

#include "core/status.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"

namespace nonconvex {

struct PreparedAnswer {
  Status status = Status::stalled;
  std::string message = {};
  QuadraticPoint point;
  double objective = unknown;
  double gap = unknown;  ///< duality gap beside 1 + |objective|
  int iterations = 0;    ///< iterations of the interior-point method, or changes of the active sides
};

/// Solves a program that has been given its vectors. Violations and the gradient of the Lagrangian of a solution are at
/// most `tolerance` in units as given, or in those in which the largest entry of the objective and of each row is 1
/// where that asks for more. What is not solved so goes to the solver of nonlinear programs, which also tells that
/// there is no solution.
PreparedAnswer solvePrepared(PreparedQuadratic& prepared, double tolerance, double timeLimit);

}  // namespace nonconvex
