#include "solvers/nlp/judged_answer.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "methods/interior_point/judge.hpp"
#include "solvers/nlp/barrier_report.hpp"
#include "solvers/nlp/warm_start.hpp"

namespace nonconvex {

JudgedAnswer::JudgedAnswer(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      problem_(problem),
      nlp_(la, problem, BarrierSettings{settings.scaling, settings.strictBounds, settings.tolerance}) {}

bool JudgedAnswer::begins() {
  BarrierPoint begun = nlp_.makePoint();
  return !nlp_.contradiction() && nlp_.begin(begun);
}

/// Sets a point to the best one so far, or to the start where there is none yet; false where something is not finite.
bool JudgedAnswer::place(const QuadraticPoint& best, BarrierPoint& point) const {
  if (best.x.empty()) return nlp_.begin(point);
  NlpStart end{.nlp = problem_.nlp, .start = best.x, .multipliers = best.y};
  for (const double z : best.z) {
    end.lowerMultipliers.push_back(std::max(0.0, -z));
    end.upperMultipliers.push_back(std::max(0.0, z));
  }
  if (!WarmStart(end).place(nlp_, point, false)) return false;
  // Variables between bounds that are next to each other are where the program's minimum has them.
  for (std::size_t j = 0; j < best.x.size(); ++j) {
    if (nlp_.fixed(j)) point.v[j] = best.x[j];
  }
  return nlp_.evaluateValues(point) && nlp_.evaluateDerivatives(point);
}

bool JudgedAnswer::confirms(const QuadraticPoint& point) {
  answer_ = nlp_.makePoint();
  if (!place(point, *answer_)) return false;
  if (const UnitChange* const change = nlp_.rescale(*answer_)) nlp_.convert(*change, *answer_);
  return nlp_.solvedAsGiven(*answer_) && confirmed(nlp_, *answer_);
}

bool JudgedAnswer::confirmsFall(std::span<const double> x, std::span<const double> direction) {
  unbounded_.emplace(la_, nlp_.model());
  return unbounded_->confirms(x, direction) && goFar(unbounded_->proof());
}

/// Moves the answer to where f has fallen far. False where it has not.
bool JudgedAnswer::goFar(const Proof& proof) {
  constexpr double farthest = 1e12;  // rounding: beyond it the sides of rows have few digits
  const auto reaches = [&](const std::vector<double>& x) {
    answer_ = nlp_.makePoint();
    const NlpStart there{.nlp = problem_.nlp, .start = x};
    return WarmStart(there).place(nlp_, *answer_, false) && nlp_.evaluateDerivatives(*answer_);
  };
  std::vector<double> x = proof.x;
  if (!reaches(x)) return false;
  const double before = objective();
  if (proof.kind == ProofKind::ray) {
    double size = 1;
    for (const double value : proof.x) size = std::max(size, std::abs(value));
    for (std::size_t j = 0; j < x.size(); ++j) x[j] += farthest * size * proof.direction[j];
  } else {
    x.assign(proof.points.end() - static_cast<std::ptrdiff_t>(x.size()), proof.points.end());
  }
  return reaches(x) && objective() < before;
}

NlpSolution JudgedAnswer::solution(const QuadraticPoint& best) const {
  BarrierPoint point = answer_ ? *answer_ : nlp_.makePoint();
  if (!answer_) place(best, point);
  NlpSolution s = solutionOf(nlp_, point);
  s.residual = nlp_.givenErrors(point).worst();
  s.complementarity = nlp_.givenComplementarity(point);
  s.counts.phases = 1;
  return s;
}

}  // namespace nonconvex
