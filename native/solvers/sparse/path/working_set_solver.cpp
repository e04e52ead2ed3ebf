#include "solvers/sparse/path/working_set_solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
WorkingSetSolver::WorkingSetSolver(const Cpu& la, const SparseData& data, const SparseSettings& settings,
                                   WorkingSet& set)
    : la_(la), data_(data), settings_(settings), set_(set), classes_(la, data, settings.intercept, set) {}

Goal WorkingSetSolver::goal(const PenaltyAt& penalty, double sharper, double steepest) const {
  using T = Tuning;
  const double least = settings_.tolerance * std::max(0.1 * penalty.largestSlope(), 1e-4 * steepest);
  // Without a penalty the gap is not asked for: its bound is that of each column alone.
  const double usual = set_.blocks().single() ? T::shareOfGap : T::shareOfBlocks;
  const double share = penalty.isZero() ? 0 : penalty.hasRidge() ? T::shareWithRidge : usual;
  return {
      .violation = sharper * least, .gap = sharper * share * settings_.tolerance * set_.scale(), .scale = set_.scale()};
}

bool WorkingSetSolver::solve(const PenaltyAt& penalty, const Goal& goal) {
  if (set_.loss().squared()) return set_.quadratic().minimize(penalty, goal);
  if (!set_.loss().rows().envelope()) return solveQuadratics(penalty, goal);
  return penalty.convex() ? solveEnvelopes(penalty, goal.violation) : solveMajorants(penalty, goal.violation);
}

/// Solves beside a loss that has no curvature with lines instead of a penalty that is not convex. They touch it at the
/// present sizes and are above it elsewhere, so that each minimum with them lowers the objective, until slopes stay and
/// the conditions of first order hold.
bool WorkingSetSolver::solveMajorants(const PenaltyAt& penalty, double violation) {
  for (int k = 0; k < Tuning::mostMajorants; ++k) {
    set_.quadratic().slopesAt(penalty, set_.quadratic().b, tangents_);
    const PenaltyAt lines = penalty.tangent(tangents_);
    const bool reached = solveEnvelopes(lines, violation);
    set_.allowEscapes(false);
    const double left = set_.quadratic().largestViolation(penalty);
    if (!reached || left <= std::max(violation, 2 * set_.quadratic().largestViolation(lines))) return reached;
  }
  return false;
}

/// The method of multipliers for a loss that is not smooth: its envelope is minimised, whose derivatives are the next
/// multipliers, until these prove that the loss itself is small enough on the working set.
///
/// Longer steps of the multipliers: R. T. Rockafellar, "Augmented Lagrangians and applications of the proximal point
/// algorithm in convex programming", Mathematics of Operations Research 1(2), 1976.
bool WorkingSetSolver::solveEnvelopes(const PenaltyAt& penalty, double tolerance) {
  using T = Tuning;
  LossEnvelope& envelope = *set_.loss().rows().envelope();
  double within = tolerance;
  for (int k = 0; k < T::mostEnvelopes; ++k) {
    const bool reached = solveQuadratics(penalty, {.violation = within, .scale = set_.scale()}),
               hard = quadratics_ > T::hardEnvelope;
    const double loss = envelope.exact(set_.loss().predictions()), scale = set_.scale();
    const double goal = scale > 0 ? T::shareOfEnvelopes * settings_.tolerance * scale : T::accuracyOfNull * loss;
    if (loss + set_.penaltyValue(penalty) - set_.boundOfWorkingSet(penalty) <= goal) return true;
    // A bound that is linear in the share of the slopes asks for a violation as small as the gap, both relative.
    if (penalty.largestSlope() > 0) within = std::min(tolerance, goal / loss * penalty.largestSlope() / 4);
    if (reached) envelope.update(set_.loss().predictions());
    envelope.scale(!reached || hard ? 1 / T::narrowing : T::narrowing);
    set_.evaluate();
    set_.setCurvatures(1);
  }
  return false;
}

/// The accuracy that is enough for one quadratic, at a point with this violation and gap.
Goal WorkingSetSolver::innerGoal(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) const {
  using T = Tuning;
  Goal inner = goal;
  inner.violation = std::max(std::min(T::innerShare * violation, square(violation) / penalty.largestSlope()),
                             T::innerOfGoal * goal.violation);
  inner.gap = std::max(T::innerShare * gap, T::innerOfGoal * goal.gap);
  inner.looseTolerance = quadratics_ < T::mostLoose;
  inner.patience = T::patience;
  return inner;
}

int WorkingSetSolver::mostQuadratics() const {
  using T = Tuning;
  if (!set_.loss().rows().coupled()) return T::mostQuadratics;
  // Where columns explain all, a penalty that does not grow leaves no minimum, nor will it at smaller lambdas.
  return inVain_ ? T::mostInVain : T::mostOfClasses;
}

bool WorkingSetSolver::solveQuadratics(const PenaltyAt& penalty, const Goal& goal) {
  using T = Tuning;
  double stretch = 1;
  set_.allowEscapes(true);
  for (quadratics_ = 0;; ++quadratics_) {
    la_.checkpoint();
    const double violation = set_.violation(penalty), gap = set_.gap(penalty);
    if (violation <= goal.violation || gap <= goal.gap) return true;
    if (quadratics_ == mostQuadratics() || stretch > T::mostStretched) break;
    if (settleEscapes(penalty, goal.violation)) continue;
    const Goal inner = innerGoal(penalty, goal, violation, gap);
    set_.rememberCoefficients();
    if (stepByClasses(penalty, goal, inner, violation, stretch)) continue;
    set_.quadratic().minimize(penalty, inner);
    bool moved = set_.descend(penalty);
    if (!moved && !penalty.convex()) {
      const bool fell = takeTangentStep(penalty, goal);
      moved = takeSupportStep(penalty) || fell;
    }
    // Where the objective rises, the quadratic is too flat: with a penalty that is not convex it may lead over a hump.
    stretch = moved ? std::max(1.0, stretch / T::stretching) : stretch * T::stretching;
    if (!moved || set_.quadratic().byRows()) {
      set_.setCurvatures(stretch);
      continue;
    }
    set_.setGradient();
    takeNewtonStep(penalty);
    if (!keepsCurvatures(penalty, goal, violation, gap)) set_.setCurvatures(stretch);
  }
  inVain_ = inVain_ || !penalty.convex();
  return false;
}

/// Goes to the minimum of the quadratic with all second derivatives of classes, or a part of the way there. False where
/// such a step is not to be taken.
bool WorkingSetSolver::stepByClasses(const PenaltyAt& penalty, const Goal& goal, const Goal& inner, double violation,
                                     double& stretch) {
  using T = Tuning;
  if (!classes_.areTaken(penalty, goal.violation)) return false;
  const bool moved =
      classes_.minimize(penalty, inner, stretch) && set_.descend(penalty, T::halvingsOfClasses, classes_.moves());
  set_.setGradient();
  stretch = moved ? std::max(1.0, stretch / T::stretching) : stretch * T::stretching;
  classes_.keep(moved && set_.violation(penalty) <= T::slow * violation);
  return true;
}

/// Takes a Newton step of the objective itself on the support, where the loss is one of classes.
void WorkingSetSolver::takeNewtonStep(const PenaltyAt& penalty) {
  if (!set_.loss().rows().coupled()) return;
  set_.rememberCoefficients();
  if (!classes_.newtonStep(penalty)) return;
  set_.descend(penalty, Tuning::halvingsOfClasses, classes_.moves());
  set_.setGradient();
}

/// Whether steps with the curvatures of an earlier point are to go on, after one from this violation and gap: as many
/// as are left at the rate of the last cost less than a Gram matrix with new curvatures.
bool WorkingSetSolver::keepsCurvatures(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) {
  using T = Tuning;
  const double next = set_.violation(penalty), rate = next / violation;
  if (next <= std::max(T::slow * violation, goal.violation)) return true;
  if (!set_.blocks().single() || rate > T::slowest) return false;
  double left = std::log(goal.violation / next) / std::log(rate);
  if (penalty.convex()) {
    const double nextGap = set_.gap(penalty);
    if (nextGap <= goal.gap) return true;
    if (nextGap < gap) left = std::min(left, std::log(goal.gap / nextGap) / std::log(nextGap / gap));
  }
  return left * T::columnsOfStep <= set_.metric().size();
}

/// Whether derivatives are small enough, so that only escapes from 0 are left: then those that lower the objective are
/// taken, and there are none from then on if none does. So it is half of the way to giving up, too.
bool WorkingSetSolver::settleEscapes(const PenaltyAt& penalty, double tolerance) {
  if (penalty.convex() || !set_.escapes()) return false;
  const bool may = quadratics_ < mostQuadratics() / 2;
  set_.allowEscapes(false);
  const bool small = set_.violation(penalty) <= tolerance;
  set_.allowEscapes(may);
  if (small && may && !takeEscapes(penalty)) set_.allowEscapes(false);
  return small;
}

/// Whether the objective is below `before` by more than rounding.
bool WorkingSetSolver::fell(const PenaltyAt& penalty, double before) const {
  return set_.objective(penalty) < before - Tuning::leastFall * set_.scale();
}

/// Takes blocks from 0 against their slope, one after the other, where that lowers the objective; whether any did.
bool WorkingSetSolver::takeEscapes(const PenaltyAt& penalty) {
  int inVain = 0;
  bool any = false;
  for (const Escape& escape : set_.quadratic().escapes(penalty)) {
    la_.checkpoint();
    const double objective = set_.objective(penalty);
    set_.rememberCoefficients();
    std::ranges::copy(escape.to, set_.quadratic().b.begin() + escape.first);
    const bool lower = set_.descend(penalty) && fell(penalty, objective);
    any = any || lower;
    if (inVain = lower ? 0 : inVain + 1; inVain == Tuning::mostEscapesInVain) break;
  }
  if (any) set_.setCurvatures(1);
  return any;
}

/// Goes down from the remembered point with lines instead of a penalty that is not convex, which they touch there and
/// are above elsewhere, so that the objective falls along the step. Whether it fell by more than rounding.
///
/// H. Zou, R. Li, "One-step sparse estimates in nonconcave penalized likelihood models", Annals of Statistics 36(4),
/// 2008.
bool WorkingSetSolver::takeTangentStep(const PenaltyAt& penalty, const Goal& goal) {
  set_.setCurvatures(1);
  set_.quadratic().slopesAt(penalty, set_.remembered(), tangents_);
  const double objective = set_.objective(penalty);
  const PenaltyAt lines = penalty.tangent(tangents_);
  // The violation is that of derivatives: lines gain nothing by an escape from 0.
  const double violation = set_.quadratic().largestViolation(lines);
  set_.quadratic().minimize(
      lines, {.violation = innerGoal(penalty, goal, violation, infinity).violation, .looseTolerance = true});
  return set_.descend(penalty, Tuning::manyHalvings) && fell(penalty, objective);
}

/// Goes to the stationary point of the quadratic nearby, with the blocks that are not 0 alone. Whether the objective
/// fell by more than rounding, or the violation became less.
bool WorkingSetSolver::takeSupportStep(const PenaltyAt& penalty) {
  set_.setCurvatures(1);
  set_.rememberCoefficients();
  const double objective = set_.objective(penalty), violation = set_.quadratic().largestViolation(penalty);
  if (!set_.quadratic().stepOnSupport(penalty) || !set_.descend(penalty, Tuning::manyHalvings)) return false;
  set_.setGradient();
  return fell(penalty, objective) || set_.quadratic().largestViolation(penalty) < violation;
}

void WorkingSetSolver::forgetPassed(double lambda) {
  passedLambda_ = 0;
  presentLambda_ = lambda;
}

/// Moves coefficients by a share of their move since the model before, and sets the product of x with that: predictions
/// have moved alike, but for coefficients that are 0 or would change sign.
void WorkingSetSolver::extrapolate(double share) {
  std::vector<double>& b = set_.quadratic().b;
  const int responses = set_.loss().responses();
  passed_.resize(b.size(), 0.0);
  step_.assign(b.size(), 0.0);
  for (std::size_t e = 0; e < b.size(); ++e) {
    const double value = b[e], next = value + share * (value - passed_[e]);
    const int entry = static_cast<int>(e);
    const auto place = at(set_.metric().column(entry / responses) + data_.p() * (entry % responses));
    if (value != 0) b[e] = next * value > 0 ? std::clamp(next, data_.lower[place], data_.upper[place]) : 0;
    step_[e] = b[e] - next;
  }
  set_.loss().extrapolateProduct(passedT_, passedIntercepts_, share, step_);
}

void WorkingSetSolver::warmStartNext(const PenaltyAt& penalty, double lambda) {
  const double between = passedLambda_ - presentLambda_, ahead = presentLambda_ - lambda;
  const bool known = between > 0 && ahead > 0 && ahead <= Tuning::farthest * between;
  const bool goes = known && penalty.convex() && !set_.loss().rows().envelope();
  set_.rememberCoefficients();
  if (goes) extrapolate(ahead / between);
  passed_ = set_.remembered();
  passedT_.assign(set_.loss().predictions().begin(), set_.loss().predictions().end());
  passedIntercepts_ = set_.loss().intercepts();
  if (goes && set_.descendWithProduct(penalty)) {
    set_.quadratic().byRows() ? set_.setCurvatures(1) : set_.setGradient();
  }
  passedLambda_ = presentLambda_;
  presentLambda_ = lambda;
}

void WorkingSetSolver::moveTo(const Minimum& minimum) {
  set_.quadratic().b = minimum.b;
  set_.quadratic().q = minimum.q;
}

void WorkingSetSolver::lookAhead(double lambda) {
  set_.quadratic().minimize(set_.penaltyAt(lambda), {.violation = Tuning::roughly * lambda, .sweepsOnly = true});
}

bool WorkingSetSolver::takeIfLower(const PenaltyAt& penalty, double lambda, const Goal& goal, Minimum& best) {
  auto& quadratic = set_.quadratic();
  quadratic.minimize(penalty, {.violation = std::max(Tuning::roughly * lambda, goal.violation), .sweepsOnly = true});
  if (set_.exactObjective(penalty) > best.objective) return false;
  if (!quadratic.minimize(penalty, goal)) return false;
  const double found = set_.exactObjective(penalty);
  if (found >= best.objective - roundingOfSum(data_.n(), set_.loss().squaresOfResponses())) return false;
  best = minimum(found);
  return true;
}

}  // namespace nonconvex
