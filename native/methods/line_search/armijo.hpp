// Step lengths by backtracking: L. Armijo, "Minimization of functions having Lipschitz continuous first partial
// derivatives", Pacific J. Math. 16, 1966.
#pragma once

#include <concepts>
#include <optional>

namespace nonconvex {

struct BacktrackingSettings {
  double first = 1;     ///< the length that is tried first; each later one is half of the one before
  int mostTrials = 60;  ///< safeguard: 2^-60 of a step is rounding
};

/// Returns the first of the lengths `first`, `first` / 2, ... for which `accepts(length)` holds, 0 if none does.
template <std::predicate<double> Accepts>
double backtrack(const BacktrackingSettings& settings, Accepts&& accepts) {
  double t = settings.first;
  for (int k = 0; k < settings.mostTrials; ++k, t /= 2) {
    if (accepts(t)) return t;
  }
  return 0;
}

/// The decrease that a step has to bring.
struct ArmijoCondition {
  double value = 0;        ///< f at the beginning
  double slope = 0;        ///< derivative of f along the direction there, negative
  double decrease = 1e-4;  ///< share of the decrease promised by the slope
  double rounding = 0;     ///< differences of values that say nothing

  /// The largest f that a step of length t may end with.
  double bound(double t) const { return value + decrease * t * slope + rounding; }
  /// The largest slope at the end of a step that tells the same of a parabola, without a value of f: W. W. Hager,
  /// H. Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line search", SIAM J. Optim.
  /// 16, 2005, (4.1).
  double slopeBound() const { return (2 * decrease - 1) * slope; }
};

struct LineStep {
  double length;
  double value;  ///< f there
};

/// Backtracks until phi(t), f after a step of length t, meets the condition. Nothing is returned if it never does. The
/// last length that phi was called with is the one returned.
template <std::invocable<double> Phi>
std::optional<LineStep> armijo(Phi&& phi, const ArmijoCondition& condition, const BacktrackingSettings& settings = {}) {
  double value = 0;
  const double length = backtrack(settings, [&](double t) { return (value = phi(t)) <= condition.bound(t); });
  if (length == 0) return std::nullopt;
  return LineStep{length, value};
}

}  // namespace nonconvex
