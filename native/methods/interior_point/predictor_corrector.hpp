// Mehrotra's predictor and corrector for linear and quadratic programs: section 3.9 of docs/nlp-inequalities.md.
#pragma once

#include <optional>

#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

/// Mean and least product of slacks with their multipliers.
struct SlackProducts {
  double mean = 0, least = std::numeric_limits<double>::infinity();
};

SlackProducts slackProducts(const BarrierNlp& nlp, const BarrierPoint& point);

/// S. Mehrotra, "On the implementation of a primal-dual interior point method", SIAM J. Optim. 2, 1992: the barrier
/// parameter of an iteration is chosen by how far the step for mu = 0 would lead, whose second-order terms correct the
/// step that is taken. Nothing keeps the steps from leading astray but that it is off from then on.
class PredictorCorrector {
 public:
  explicit PredictorCorrector(BarrierState& state) : state_(state) { state.resize(predicted_); }

  /// Is on where constraints are linear, there are bounds or sides, and the Hessian is constant, as another point
  /// tells.
  void begin();
  void end() { on_ = false; }
  bool on() const { return on_; }
  /// Takes an iteration, and sets the state's mu, which is `least` / 10 at least; false where the point stays. Is off
  /// afterwards where the error does not fall, a step is cut to nothing, or no step is found.
  bool step(double least);

 private:
  bool quadratic();
  bool computeStep(double least, double mean);
  void correctGradient();
  void correctMultipliers();
  bool move(double before);

  BarrierState& state_;
  BarrierStep predicted_;  // the step for mu = 0
  std::optional<bool> quadratic_;
  bool on_ = false;
  int idle_ = 0;  // iterations in a row which did not reduce the error well
};

}  // namespace nonconvex
