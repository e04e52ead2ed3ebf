#include "solvers/nlp/barrier_report.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/index.hpp"

namespace nonconvex {
namespace {

/// Multipliers of bounds on x. Those of fixed variables are what is left of grad L.
void setBoundMultipliers(const BarrierNlp& nlp, const BarrierPoint& point, NlpSolution& s) {
  const double scale = nlp.model().objectiveScale();
  s.lowerMultipliers.resize(at(nlp.n()));
  s.upperMultipliers.resize(at(nlp.n()));
  for (std::size_t j = 0; j < at(nlp.n()); ++j) {
    const double left = point.at.g[j];
    s.lowerMultipliers[j] = (nlp.fixed(j) ? std::max(0.0, left) : point.zL[j]) / scale;
    s.upperMultipliers[j] = (nlp.fixed(j) ? std::max(0.0, -left) : point.zU[j]) / scale;
  }
}

/// Lists what is active by `side(k)` over (x, s). Fixed variables are at the bounds that they have reached, mostly
/// both.
template <class Side>
void setActive(const BarrierNlp& nlp, Side&& side, NlpSolution& s) {
  for (int k = 0; k < static_cast<int>(nlp.size()); ++k) {
    const bool fixed = nlp.fixed(at(k));
    const BoundSide at = side(static_cast<std::size_t>(k));
    if (k >= nlp.n()) {
      if (at != BoundSide::none) s.activeConstraints.push_back(nlp.rowOf(static_cast<std::size_t>(k)));
      continue;
    }
    const double x = s.x[static_cast<std::size_t>(k)];
    const bool below = fixed && x <= nlp.lowerOf({false, k}), above = fixed && x >= nlp.upperOf({false, k});
    if (below || at == BoundSide::lower) s.activeLower.push_back(k);
    if (above || at == BoundSide::upper) s.activeUpper.push_back(k);
  }
}

void setPoint(const BarrierNlp& nlp, const BarrierPoint& point, NlpSolution& s) {
  const ScaledNlp& model = nlp.model();
  s.x.assign(point.v.begin(), point.v.begin() + nlp.n());
  s.multipliers = model.unscaledMultipliers(point.at);
  setBoundMultipliers(nlp, point, s);
  s.constraintValues = model.unscaledConstraints(point.at);
  s.objectiveScale = model.objectiveScale();
  s.constraintScales.assign(model.constraintScales().begin(), model.constraintScales().end());
  s.feasibility = nlp.violation(point);
  s.unscaledResidual = std::max(nlp.unscaledDual(point), s.feasibility);
}

void setCosts(const BarrierState& state, NlpSolution& s) {
  const ScaledNlp& model = state.nlp.model();
  static_cast<EvaluationCounts&>(s.counts) = model.counts();
  s.counts.factorization = state.kkt.factorizations();
  s.time.derivatives = model.seconds();
  s.time.linearAlgebra = state.kkt.seconds();
  s.barrier = state.mu;
}

}  // namespace

NlpProgress reportOf(const BarrierState& state, const BarrierPoint& point, double residual, NlpPhase phase,
                     bool withPoint) {
  const BarrierNlp& nlp = state.nlp;
  const auto n = at(nlp.n());
  NlpProgress now;
  now.objective = nlp.unscaledObjective(point);
  now.residual = residual;
  now.feasibility = nlp.violation(point);
  now.evaluations = nlp.model().counts().objective;
  now.barrier = state.mu;
  now.step = state.length * std::sqrt(norm2Squared(std::span(state.step.v).first(n)));
  now.dualStep = state.dualLength;
  now.shift = state.kkt.delta();
  now.phase = phase;
  if (withPoint) {
    now.x = std::make_shared<std::vector<double>>(point.v.begin(), point.v.begin() + nlp.n());
    now.multipliers = std::make_shared<std::vector<double>>(nlp.model().unscaledMultipliers(point.at));
  }
  return now;
}

NlpSolution solutionOf(const BarrierNlp& nlp, const BarrierPoint& point) {
  NlpSolution s;
  setPoint(nlp, point, s);
  setActive(
      nlp, [&](std::size_t k) { return probableSide(nlp, point, k); }, s);
  static_cast<EvaluationCounts&>(s.counts) = nlp.model().counts();
  s.time.derivatives = nlp.model().seconds();
  return s;
}

NlpSolution solutionOf(const BarrierState& state, const BarrierPoint& point, double residual) {
  NlpSolution s = solutionOf(state.nlp, point);
  s.residual = residual;
  s.complementarity = state.nlp.unscaledComplementarity(point);
  setCosts(state, s);
  return s;
}

NlpSolution solutionOf(const BarrierState& state, const ActiveSetPolish& polish) {
  NlpSolution s;
  setPoint(state.nlp, polish.point(), s);
  setActive(
      state.nlp, [&](std::size_t k) { return polish.side(k); }, s);
  s.residual = polish.residual();
  s.complementarity = state.nlp.givenComplementarity(polish.point());
  s.inertia = polish.inertia();
  s.degenerate = polish.degenerate();
  s.polished = polish.polished();
  setCosts(state, s);
  return s;
}

}  // namespace nonconvex
