#include "solvers/nlp/barrier_explanation.hpp"

#include <string_view>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

using Place = BarrierNlp::Place;

/// lower[2] or constraintsLower[2], the name of a bound or side as the problem gives it.
std::string nameOf(const Place& place, bool upper) {
  const std::string_view kind = place.row ? (upper ? "constraintsUpper" : "constraintsLower")
                                : upper   ? "upper"
                                          : "lower";
  return std::string(kind) + "[" + show(place.index) + "]";
}

/// Names the entry at a place, and tells how it violates its bound or side.
std::string violationAt(const BarrierNlp& nlp, const BarrierPoint& point, const Place& place) {
  const double lower = nlp.lowerOf(place), upper = nlp.upperOf(place), value = nlp.valueOf(point, place);
  const std::string what = (place.row ? "constraint " : "x[") + show(place.index) + (place.row ? "" : "]") + " is ";
  if (lower == upper) return what + show(value) + " in place of " + show(lower);
  const bool above = value - upper > lower - value;
  const double bound = above ? upper : lower;
  return what + show(value) + ", " + (above ? "above " : "below ") + nameOf(place, above) + " = " + show(bound);
}

std::string attemptsMade(std::span<const Attempt> made) {
  if (made.size() <= 1) return "The interior-point method was tried from the start alone, as restarts = 0 asks for";
  int others = -1, random = 0;  // others does not count the first attempt
  bool augmented = false;
  for (const Attempt& attempt : made) {
    augmented = augmented || attempt.augmentedLagrangian;
    random += attempt.from == Attempt::From::random ? 1 : 0;
    others += attempt.from == Attempt::From::start && !attempt.augmentedLagrangian ? 1 : 0;
  }
  std::string text = "None of " + show(made.size()) + " attempts has solved it: from the start";
  if (augmented) text += ", by an augmented Lagrangian and from where that ended";
  if (others > 0) text += ", with " + show(others) + " other rules for the barrier";
  if (random > 0) text += ", from " + show(random) + (random == 1 ? " random point" : " random points");
  if (made.back().from == Attempt::From::interrupted) text += ", and from where the first was ended";
  return text;
}

std::string adviceTo(const BarrierNlp& nlp, const BarrierPoint& best, double error, bool restarts) {
  constexpr double far = 1e-4, huge = 1e6, close = 1e-6;
  const double multiplier = normInf(nlp.model().unscaledMultipliers(best.at));
  if (!restarts) return "Try restarts above 0.";
  if (nlp.violation(best) > far) {
    return "Try a start that satisfies the constraints better, more restarts, or to leave out what contradicts.";
  }
  if (multiplier > huge) {
    return "Multipliers of " + show(multiplier) +
           " tell of constraints whose gradients are dependent there: try to do without one, or without products that "
           "must vanish.";
  }
  if (error <= close) return "Try a larger tolerance, or other units.";
  return "Try another start, more restarts, or checkDerivatives if they are your own.";
}

}  // namespace

std::string explainStalled(const BarrierNlp& nlp, const BarrierPoint& best, double error,
                           std::span<const Attempt> made) {
  constexpr double small = 1e-6;
  const BarrierErrors errors = nlp.errors(best, 0);
  const double violation = nlp.violation(best);
  std::string text = attemptsMade(made) + ". At the best point ";
  text += violation > small ? violationAt(nlp, best, nlp.worstPlace(best)) + ", the largest violation"
                            : "bounds and constraints hold to " + show(violation);
  text += "; the gradient of the Lagrangian is " + show(errors.dual) + " and products of slacks and multipliers are " +
          show(errors.complementarity) + " at most, scaled. ";
  return text + adviceTo(nlp, best, error, made.size() > 1);
}

std::string explainSaddle(const ReducedInertia& inertia, std::span<const Attempt> made) {
  const std::string eigenvalues = inertia.negative == 1 ? " negative eigenvalue. " : " negative eigenvalues. ";
  return "x meets the conditions of first order, but it is no local minimum: along what is active the Hessian of the "
         "Lagrangian has " +
         show(inertia.negative) + eigenvalues + attemptsMade(made) + ". Try " +
         (made.size() > 1 ? "another start, off any symmetry, or more restarts." : "restarts above 0.");
}

}  // namespace nonconvex
