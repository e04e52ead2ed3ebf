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

  explicit BarrierDescent(BarrierState& state) : state_(state) {
    for (Vector* const v : {&noGradient_, &dv_, &whole_}) state.resize(*v);
    for (Vector* const v : {&linear_, &rows_, &dy_}) state.resizeRows(*v);
  }

  /// Solves the system that state.kkt was given for state.a and `rows`, with the inertia (n, m, 0); false where that is
  /// not possible. `mu` sizes the shifts, which are `delta` at least.
  bool computeStep(double mu, std::span<const double> rows, double delta = 0);
  /// The part of the largest length within the bounds that the last step took.
  double share() const { return longest_ > 0 ? state_.length / longest_ : 0; }
  /// Halves the length from the largest within the bounds, until `function(trial)` has fallen enough; false where it
  /// does not before rounding decides. The function also sets y of the trial point. Where the largest length fails, the
  /// curvature of the rows is tried to be corrected for, with the factors that gave the step.
  template <class Function>
  bool run(double mu, const Reference& from, Function&& function) {
    const auto good = [&](double alpha) { return enough(from, alpha, function(state_.trial)) && prepare(); };
    begin(mu);
    const double longest = longest_;
    if (state_.tryStep(longest)) {
      if (good(longest)) return accept(longest);
      for (int k = 0; k < Tuning::mostCorrections && correct(longest, k == 0); ++k) {
        if (good(longest)) return accept(corrected_);
      }
      uncorrect();
    }
    for (double alpha = Tuning::half * longest; alpha >= Tuning::leastShare * longest && tells(from, alpha);
         alpha *= Tuning::half) {
      if (state_.tryStep(alpha) && good(alpha)) return accept(alpha);
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
  struct Tuning {
    static constexpr double half = 0.5;  ///< published: Ipopt's alpha_red_factor, from one length of a step to the next
    static constexpr double leastShare = 1e-12;  ///< rounding: shortest step, beside the longest within the bounds
    static constexpr int mostCorrections = 4;    ///< published: Ipopt's max_soc, corrections of second order in a row
  };

  void begin(double mu);
  bool enough(const Reference& from, double alpha, double value) const;
  bool tells(const Reference& from, double alpha) const;
  bool prepare();
  bool accept(double alpha);
  bool correct(double alpha, bool first);
  void uncorrect();

  BarrierState& state_;
  Vector noGradient_;      // zeros
  Vector linear_;          // r + alpha (J dx - ds), which the corrections aim at
  Vector rows_, dy_, dv_;  // right-hand side and multipliers of a correction
  Vector whole_;           // the step without corrections
  double mu_ = 0;
  double tau_ = 0;
  double longest_ = 0;
  double corrected_ = 0;  // length of the corrected step
  double curvature_ = 0;  // ||r - linear_||_1 of the last correction
};

}  // namespace nonconvex
