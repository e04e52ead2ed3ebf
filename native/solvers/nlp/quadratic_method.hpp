// Convex quadratic programs, by the method of methods/quadratic/proximal_interior_point.
#pragma once

#include <memory>
#include <optional>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/proximal_interior_point.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// minimise f(x) subject to lower <= x <= upper and linear constraints, f a convex polynomial of degree 2 at most. A
/// solved program has a duality gap of at most `tolerance` (1 + |f|), and violations and a gradient of the Lagrangian
/// of at most `tolerance`, in units as given, but for rounding of the terms that these are sums of.
class QuadraticMethod {
 public:
  /// Returns true if the problem is of this kind, as far as its formulas and a factorisation of its Hessian tell.
  static bool takes(const Cpu& la, Nlp& nlp);

  /// `la` must outlive this.
  QuadraticMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  NlpProgress progress() const;
  NlpSolution solution() const;

 private:
  bool confirmed() const;
  bool rowsHold() const;
  double objectiveScale() const;

  const Cpu& la_;
  const bool reportIterates_;
  const std::shared_ptr<Nlp> nlp_;
  const ConvexQuadratic program_;
  const double constant_, tolerance_;
  ProximalInteriorPoint method_;
  QuadraticKind kind_;
  int iterations_ = 0;
};

}  // namespace nonconvex
