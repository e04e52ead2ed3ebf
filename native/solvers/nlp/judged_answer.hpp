// The answer of a method for convex quadratic or linear programs, as its judge sees it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/proof.hpp"
#include "linalg/cpu.hpp"
#include "methods/globalization/unbounded_test.hpp"
#include "methods/interior_point/barrier_nlp.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// A point that a method has found, which counts as an answer once the functions of the problem as given confirm it.
class JudgedAnswer {
 public:
  /// `la` and the problem must outlive this.
  JudgedAnswer(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  const BarrierNlp& nlp() const { return nlp_; }
  /// Returns true if no sides contradict each other and the problem can be evaluated at its start.
  bool begins();
  /// Takes a point if it is a solution of the problem as given, by the values of its functions.
  bool confirms(const QuadraticPoint& point);
  /// Takes a point far along a direction from x along which the objective has no least value, where the functions as
  /// given confirm that; `proof` has the direction then.
  bool confirmsFall(std::span<const double> x, std::span<const double> direction);
  const Proof& proof() const { return unbounded_->proof(); }
  std::string explain() const { return unbounded_ ? unbounded_->addTo({}) : std::string(); }

  bool known() const { return answer_.has_value(); }
  double objective() const { return nlp_.unscaledObjective(*answer_); }
  /// The members that follow from the answer; from `best`, or the start where that is empty, as long as there is none.
  NlpSolution solution(const QuadraticPoint& best) const;

 private:
  bool place(const QuadraticPoint& best, BarrierPoint& point) const;
  bool goFar(const Proof& proof);

  const Cpu& la_;
  const NlpProblem& problem_;
  mutable BarrierNlp nlp_;
  std::optional<BarrierPoint> answer_;  ///< a solution that was confirmed, or a point far along a ray
  std::optional<UnboundedTest> unbounded_;
};

}  // namespace nonconvex
