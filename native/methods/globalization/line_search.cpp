#include "methods/globalization/line_search.hpp"

#include <algorithm>
#include <cmath>

#include "methods/line_search/armijo.hpp"

namespace nonconvex {

struct LineSearch::Tuning {
  static constexpr double leastAlpha = 1e-9;  ///< safeguard: shortest step that is tried
};

LineSearch::LineSearch(const Cpu& la, ScaledNlp& model, const Settings& settings)
    : la_(la), model_(model), settings_(settings), square_(model.n() == model.m()) {
  model.resize(correction_, static_cast<std::size_t>(model.n() + model.m()));
}

double LineSearch::run(const NlpPoint& point, const SearchDirection& direction, const MeritFunction& merit,
                       const LeastNorms& least, KktSolver& solver, NlpPoint& trial) {
  if (!direction.descends && !direction.determined) return 0;
  const Search search{point, direction, solver, trial};
  const double alpha = fullSteps_ > 0         ? fullStep(search)
                       : direction.determined ? byConstraints(search)
                                              : byMerit(search, merit, least);
  if (alpha > 0 && fullSteps_ > 0) --fullSteps_;
  return alpha;
}

/// Goes as far as functions are defined.
double LineSearch::fullStep(const Search& search) {
  double alpha = search.direction.longest;
  setTrial(search, alpha);
  if (!model_.evaluateValues(search.trial)) setTrial(search, alpha = withinDomain(search, alpha));
  largestDefinedStep_ = alpha;
  return model_.evaluateValues(search.trial) && model_.evaluateDerivatives(search.trial) ? alpha : 0;
}

/// Backtracks until Armijo's condition on M holds; where rounding hides the decrease, until ||F|| falls. A Newton step
/// that brings ||c|| well below its least so far is taken whatever M says, as long as ||F|| stays in bounds: that
/// happens only so often until c = 0, and saves many short steps in which M weighs ||c|| against ||g||.
double LineSearch::byMerit(const Search& search, const MeritFunction& merit, const LeastNorms& least) {
  constexpr double longStep = 0.4;       // share of the longest possible step
  constexpr double restoredShare = 0.1;  // share of alpha ||c|| by which a step reduces ||c|| to first order
  constexpr double growth = 100;         // factor of the least ||F||
  constexpr double hardlyLess = 0.9;
  constexpr double byChance = 1e-5;  // share of the tolerance: a norm so small may be due to rounding
  const NlpPoint& trial = search.trial;
  const ArmijoCondition condition{.value = merit.value(search.point),
                                  .slope = merit.at(search.direction.slope),
                                  .decrease = settings_.sufficientDecrease,
                                  .rounding = merit.noise(search.point)};
  const double normF = std::sqrt(search.point.squaredF());
  const KktShift& shift = search.direction.shift;
  const bool mayRestore = shift.primal == 0 && shift.dual == 0 && least.c > byChance * settings_.tolerance;
  const auto judge = [&](double alpha, bool corrected) {
    const bool far = !corrected && mayRestore && alpha >= longStep * largestDefinedStep_;
    const double restored = far ? (1 - restoredShare * alpha) * least.c : 0;
    const double bound = condition.bound(alpha);
    const bool hidden = -alpha * condition.slope <= condition.rounding;
    const auto restores = [&] { return std::sqrt(trial.squaredC()) < restored; };
    const auto tooHigh = [&] { return !hidden && !restores() && merit.valueWithoutGradient(trial) > bound; };
    const Verdict verdict = evaluate(search.point, search.trial, tooHigh);
    if (verdict != Verdict::accepted) return verdict;
    const double trialF = std::sqrt(trial.squaredF());
    const bool good = merit.value(trial) <= bound || (hidden && trialF <= hardlyLess * normF) ||
                      (restores() && trialF <= growth * least.F);
    return good ? Verdict::accepted : Verdict::refused;
  };
  return backtrack(search, judge);
}

/// Evaluates the trial point with its derivatives, unless it is `tooHigh()` by its values already.
template <class TooHigh>
LineSearch::Verdict LineSearch::evaluate(const NlpPoint& point, NlpPoint& trial, TooHigh&& tooHigh) {
  if (model_.convexObjective()) {
    // Most steps that fail do so by c: then f need not be computed, as it lies above its tangent.
    if (!model_.evaluateConstraints(trial)) return Verdict::undefined;
    trial.f = point.f;
    const Vector& gradient = point.gradient();
    for (std::size_t j = 0; j < trial.x.size(); ++j) trial.f += gradient[j] * (trial.x[j] - point.x[j]);
    if (tooHigh()) return Verdict::refused;
  }
  if (!model_.evaluateValues(trial)) return Verdict::undefined;
  if (tooHigh()) return Verdict::refused;
  return model_.evaluateDerivatives(trial) ? Verdict::accepted : Verdict::undefined;
}

/// Backtracks until ||c|| falls, or ||F|| where c is small enough: with their corrections such steps follow the curve
/// on which c is a multiple of what it was.
double LineSearch::byConstraints(const Search& search) {
  NlpPoint& trial = search.trial;
  const double squaredC = search.point.squaredC();
  const double squaredF = search.point.squaredF();
  const auto judge = [&](double alpha, bool) {
    if (!model_.evaluateValues(trial)) return Verdict::undefined;
    const bool falls = trial.squaredC() <= (1 - settings_.sufficientDecrease * alpha) * squaredC;
    if (!falls && normInf(trial.c) > settings_.tolerance) return Verdict::refused;
    if (!model_.evaluateDerivatives(trial)) return Verdict::undefined;
    if (normInf(trial.gradient()) == 0) {
      std::fill(trial.lambda.begin(), trial.lambda.end(), 0.0);
      model_.updateLagrangian(trial);
    }
    return falls || trial.squaredF() < squaredF ? Verdict::accepted : Verdict::refused;
  };
  return backtrack(search, judge);
}

/// Tries lengths from the longest down, each also with a second-order correction; `judge(alpha, corrected)` looks at
/// the trial point.
template <class Judge>
double LineSearch::backtrack(const Search& search, Judge&& judge) {
  double alpha = largestDefinedStep_ = search.direction.longest;
  while (alpha >= Tuning::leastAlpha) {
    la_.checkpoint();
    setTrial(search, alpha);
    const Verdict verdict = judge(alpha, false);
    if (verdict == Verdict::accepted) return alpha;
    const bool mayCorrect = verdict == Verdict::refused && correct(search, alpha);
    if (mayCorrect && judge(alpha, true) == Verdict::accepted) return alpha;
    alpha = verdict == Verdict::undefined ? largestDefinedStep_ = withinDomain(search, alpha) : alpha / 2;
  }
  return 0;
}

void LineSearch::setTrial(const Search& search, double alpha) const {
  addScaled(search.point.x, alpha, search.direction.dx, search.trial.x);
  addScaled(search.point.lambda, alpha, search.direction.dlambda, search.trial.lambda);
}

/// A share of the longest step that stays where functions are defined, which they are not at alpha.
double LineSearch::withinDomain(const Search& search, double alpha) {
  constexpr double share = 0.9;
  constexpr double exact = 0.8;  // share of the upper end of the bisection
  double inside = 0;
  while (inside < exact * alpha && alpha >= Tuning::leastAlpha) {
    const double middle = 0.5 * (inside + alpha);
    setTrial(search, middle);
    (model_.evaluateValues(search.trial) ? inside : alpha) = middle;
  }
  return share * inside;
}

/// Corrects the trial point to second order (Fletcher 1982): towards c = (1 - alpha) c(x), where the straight line
/// leads to first order. False if the correction is too long beside the step.
bool LineSearch::correct(const Search& search, double alpha) {
  const auto& [point, direction, solver, trial] = search;
  if (trial.c.empty()) return false;
  const auto n = point.x.size();
  std::fill(correction_.begin(), correction_.begin() + static_cast<std::ptrdiff_t>(n), 0.0);
  for (std::size_t i = 0; i < trial.c.size(); ++i) correction_[n + i] = (1 - alpha) * point.c[i] - trial.c[i];
  solver.solve(correction_);
  const auto dx = std::span<const double>(correction_).first(n);
  const double longest = (square_ ? 1 : 0.5) * alpha;
  const bool small = norm2Squared(dx) <= longest * longest * norm2Squared(direction.dx);
  if (!small || !finite(correction_)) return false;
  axpy(1, dx, trial.x);
  axpy(1, std::span<const double>(correction_).subspan(n), trial.lambda);
  return true;
}

}  // namespace nonconvex
