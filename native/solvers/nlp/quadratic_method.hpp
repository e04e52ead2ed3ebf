// Convex quadratic programs, by the method of methods/quadratic/proximal_interior_point.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/proof.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/globalization/unbounded_test.hpp"
#include "methods/interior_point/barrier_nlp.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"
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
  const Proof& proof() const { return unbounded_->proof(); }
  std::string explain() const;

 private:
  std::shared_ptr<PreparedQuadratic> prepared(double tolerance);
  bool place(BarrierPoint& point) const;
  std::optional<Status> judged(std::optional<Status> status);
  bool confirmed();
  bool goFar(const Proof& proof);

  const Cpu& la_;
  const NlpProblem& problem_;
  const std::unique_ptr<BarrierNlp> nlp_;  ///< the problem as the judge of answers sees it
  double constant_ = 0;
  std::shared_ptr<PreparedQuadratic> work_;
  ProximalInteriorPoint& method_;
  std::optional<QuadraticPoint> near_;  ///< the solution of a program near by, until the first step goes on from it
  std::optional<BarrierPoint> answer_;  ///< a solution that was confirmed, or a point far along a ray
  std::optional<UnboundedTest> unbounded_;
  QuadraticKind kind_;
  int iterations_ = 0;
};

}  // namespace nonconvex
