#include "solvers/nlp/stall_reason.hpp"

#include "core/error.hpp"

namespace nonconvex {
namespace {

std::string what(StallReason reason) {
  switch (reason) {
    case StallReason::none:
      return {};
    case StallReason::search:
      return "No step lowers the merit function";
    case StallReason::rounding:
      return "Rounding hides what further steps bring";
    case StallReason::domain:
      return "Steps end at the border of where the functions are defined";
    case StallReason::restoration:
      return "The constraints could not be satisfied better";
    case StallReason::saddle:
      return "A stationary point that is no minimum could not be left";
  }
  return {};
}

std::string advice(StallReason reason, double c, double multiplier) {
  constexpr double far = 1e-4;
  constexpr double huge = 1e6;
  if (reason == StallReason::domain) return "Try a start further inside, or a substitution such as x = exp(y).";
  if (reason == StallReason::rounding) return "Try a larger tolerance, or other units.";
  if (c > far) return "Try a start that satisfies the constraints better.";
  if (multiplier > huge) {
    return "Multipliers of " + show(multiplier) +
           " tell of constraints whose gradients are dependent there: try to do without one, or without squares that "
           "vanish.";
  }
  return "Try another start, a larger tolerance, or checkDerivatives if they are your own.";
}

}  // namespace

std::string explain(StallReason reason, const ScaledNlp& model, const NlpPoint& best) {
  if (reason == StallReason::none) return {};
  const double c = normInf(best.c);
  return what(reason) + "; at the best point the gradient of the Lagrangian is " + show(normInf(best.g)) +
         ", the constraints are " + show(c) + ", scaled. " +
         advice(reason, c, normInf(model.unscaledMultipliers(best)));
}

}  // namespace nonconvex
