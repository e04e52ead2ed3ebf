// Convex quadratic programs, by the method of methods/quadratic/proximal_interior_point.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/proof.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"
#include "methods/quadratic/quadratic_refinement.hpp"
#include "solvers/nlp/judged_answer.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// A problem that `QuadraticMethod` takes in numbers, which are its derivatives at 0; `constant` is f(0).
ConvexQuadratic convexQuadraticOf(Nlp& nlp, double& constant);

/// minimise f(x) subject to lower <= x <= upper and linear constraints, f a convex polynomial of degree 2 at most. A
/// solved program has a duality gap of at most `tolerance` (1 + |f|), and meets the conditions of the interior-point
/// method for general programs.
class QuadraticMethod {
 public:
  /// Returns true if the problem is of this kind, as far as its formulas and a factorisation of its Hessian tell.
  static bool takes(const Cpu& la, Nlp& nlp);

  /// `la` and the problem must outlive this.
  QuadraticMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  NlpProgress progress() const;
  NlpSolution solution() const;
  /// Looks for a ray along which the objective has no least value, where the method has ended without a solution. Where
  /// the functions as given confirm one, the answer moves far along it, and `proof` has it.
  bool findsUnbounded();
  const Proof& proof() const { return answer_.proof(); }
  std::string explain() const { return answer_.explain(); }

 private:
  std::shared_ptr<PreparedQuadratic> prepared(double tolerance);
  std::optional<Status> judged(std::optional<Status> status);

  const Cpu& la_;
  const NlpProblem& problem_;
  JudgedAnswer answer_;
  double constant_ = 0;
  std::shared_ptr<PreparedQuadratic> work_;
  ProximalInteriorPoint& method_;
  QuadraticRefinement refinement_;
  std::optional<QuadraticPoint> near_;  ///< the solution of a program near by, until the first step goes on from it
  QuadraticKind kind_;
  int iterations_ = 0;
};

}  // namespace nonconvex
