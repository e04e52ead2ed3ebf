// Equality-constrained nonlinear programs by Newton's method on an exact augmented Lagrangian.
#pragma once

#include "core/run.hpp"
#include "linalg/linalg.hpp"
#include "solvers/nlp/newton_method.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// minimise f(x) subject to c(x) = 0, f and c twice differentiable.
///
/// I. Hong, S. Na, M. W. Mahoney, M. Kolar, "Constrained Optimization via Exact Augmented Lagrangian and Randomized
/// Iterative Sketching", ICML 2023, Algorithm 1, with least shifts by inertia, restoration of feasibility and a test of
/// second order: docs/nlp.md. Their G is our J. It ends in a local minimum to second order, not in a saddle.
template <class La>
class NlpSolver {
 public:
  NlpSolver(const La& la, const NlpProblem& problem, const NlpSettings& settings) : method_(la, problem, settings) {}

  void start() { method_.start(); }
  std::optional<Status> step() { return method_.step(); }
  Progress progress() const { return method_.progress(); }
  NlpSolution solution() const { return method_.solution(); }
  std::string explain() const { return method_.explain(); }

 private:
  NewtonMethod method_;
};

}  // namespace nonconvex
