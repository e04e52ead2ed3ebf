// Solves of a prepared quadratic program on the calling thread.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"

namespace nonconvex {

class Nlp;

/// A problem in numbers that other vectors will replace; null where `QuadraticMethod` does not take it.
std::shared_ptr<PreparedQuadratic> prepare(const Cpu& la, Nlp& nlp);

/// The vectors of a program, c and sides.
struct QuadraticVectors {
  std::span<const double> c, atLeast, atMost, lower, upper;
};

struct PreparedAnswer {
  Status status = Status::stalled;
  std::string message = {};
  QuadraticPoint point;
  double objective = unknown;
  int iterations = 0;  ///< iterations of the interior-point method, or changes of the active sides
};

/// Gives a program its vectors and solves it. Throws a RangeError while another solve has it. Violations and the
/// gradient of the Lagrangian of a solution are at most `tolerance` in units as given, or in those in which the largest
/// entry of the objective and of each row is 1 where that asks for more. What is not solved so goes to the solver of
/// nonlinear programs, which also tells that there is no solution.
PreparedAnswer solvePrepared(const std::shared_ptr<PreparedQuadratic>& given, const QuadraticVectors& vectors,
                             double tolerance, double timeLimit);

}  // namespace nonconvex
