#include "solvers/nlp/barrier_explanation.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"
#include "methods/interior_point/infeasibility.hpp"

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

/// a, b and c; of many the first few, and how many more there are.
std::string listed(const std::vector<std::string>& all, const std::string& separator, const std::string& last) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t k = 0; k < std::min(all.size(), most); ++k) {
    if (k > 0) text += k + 1 == all.size() ? last : separator;
    text += all[k];
  }
  if (all.size() > most) text += last + show(all.size() - most) + " more";
  return text;
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

/// Sorts places by the size of their numbers, the largest first; those of about the same size stay as they are.
void sortBySize(std::vector<int>& places, std::span<const double> numbers) {
  constexpr double digits = 1e6;
  const double largest = normInf(numbers);
  const auto size = [&](int k) { return std::round(digits * std::abs(numbers[at(k)]) / largest); };
  std::stable_sort(places.begin(), places.end(), [&](int a, int b) { return size(a) > size(b); });
}

/// Rows that are not satisfied at the point, the largest multipliers of the certificate first.
std::vector<std::string> rowsInConflict(const BarrierNlp& nlp, const BarrierPoint& point) {
  constexpr double share = 1e-3;  // share of the largest multiplier from which a multiplier counts
  std::vector<int> rows;
  for (int i = 0; i < nlp.m(); ++i) {
    if (std::abs(point.r[at(i)]) > share * normInf(point.r)) rows.push_back(i);
  }
  sortBySize(rows, point.r);
  std::vector<std::string> text;
  for (const int row : rows) text.push_back(violationAt(nlp, point, {true, row}));
  return text;
}

/// Bounds of x whose multipliers in the certificate are not about zero, the largest first.
std::vector<std::string> boundsInTheWay(const BarrierNlp& nlp, const BarrierPoint& point) {
  constexpr double share = 1e-3;
  Vector g(nlp.size());
  infeasibilityGradient(nlp, point, g);
  std::vector<int> variables;
  for (int j = 0; j < nlp.n(); ++j) {
    if (std::abs(g[at(j)]) > share * normInf(point.r)) variables.push_back(j);
  }
  sortBySize(variables, g);
  std::vector<std::string> text;
  for (const int j : variables) text.push_back(nameOf({false, j}, g[at(j)] < 0));
  return text;
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

std::string explainInfeasible(const BarrierNlp& nlp, const BarrierPoint& point) {
  if (const auto& place = nlp.contradiction()) {
    return nameOf(*place, false) + " = " + show(nlp.lowerOf(*place)) + " is above " + nameOf(*place, true) + " = " +
           show(nlp.upperOf(*place)) + ".";
  }
  const std::vector<std::string> rows = rowsInConflict(nlp, point), bounds = boundsInTheWay(nlp, point);
  std::string text =
      rows.size() == 1 ? "Near x this cannot be satisfied: " : "Near x these cannot be satisfied together: ";
  text += listed(rows, "; ", "; and ");
  if (!bounds.empty())
    text += ", while " + listed(bounds, ", ", " and ") + (bounds.size() == 1 ? " holds" : " hold") + " x back";
  return text + (nlp.model().linearConstraints()
                     ? ". All constraints are linear, so another start will not help."
                     : ". Elsewhere there may be feasible points: try another start, or more restarts.");
}

}  // namespace nonconvex
