// Descent on functions with a barrier, for the phases without a filter: sections 4 and 5 of docs/nlp-inequalities.md.
#pragma once

#include <cmath>

#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

/// The least barrier parameter that a solve needs: section 3.4.
double leastBarrier(const BarrierNlp& nlp);
/// The barrier parameter after mu, `least` at least (Fiacco and McCormick 1968).
double nextBarrier(double mu, double least);

/// Moves along state.step.v, with steps for zL and zU, as far as Armijo's condition on a function allows.
class BarrierDescent {
 public:
  /// The function at a point, and its slope along the step.
  struct Reference {
    double value = 0, slope = 0;
  };

  explicit BarrierDescent(BarrierState& state) : state_(state), noRows_(at(state.nlp.m()), 0.0) {}

  /// Solves the system that state.kkt was given for state.a and rows of 0, with the inertia (n, m, 0); false where
  /// there is no direction of descent. `mu` sizes the shifts.
  bool computeStep(double mu);
  /// Halves the length from the largest within the bounds, until `function(trial)` has fallen enough; false where it
  /// does not before rounding decides. The function also sets y of the trial point.
  template <class Function>
  bool run(double mu, const Reference& from, Function&& function) {
    begin(mu);
    const double longest = longest_;
    for (double alpha = longest; alpha >= leastShare * longest; alpha *= half) {
      if (!state_.tryStep(alpha)) continue;
      const double value = function(state_.trial);
      if (enough(from, alpha, value) && prepare()) return accept(alpha);
    }
    return false;
  }
  /// Takes the step in full if `error(point)` falls well, for where a function's digits do not tell.
  template <class Function, class Error>
  bool runByError(double mu, Function&& function, Error&& error) {
    constexpr double well = 0.9;
    begin(mu);
    if (!state_.tryStep(longest_) || !std::isfinite(function(state_.trial)) || !prepare()) return false;
    if (!(error(state_.trial) <= well * error(state_.point))) return false;
    return accept(longest_);
  }

 private:
  static constexpr double half = 0.5;
  static constexpr double leastShare = 1e-12;

  void begin(double mu);
  bool enough(const Reference& from, double alpha, double value) const;
  bool prepare();
  bool accept(double alpha);

  BarrierState& state_;
  Vector noRows_;
  double mu_ = 0;
  double tau_ = 0;
  double longest_ = 0;
};

}  // namespace nonconvex
