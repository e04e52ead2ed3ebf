// Functions without constraints, of x that is free or in a box, by one of the methods of methods/descent.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/descent/descent.hpp"
#include "methods/globalization/best_point.hpp"
#include "methods/globalization/merit_function.hpp"
#include "methods/globalization/unbounded_test.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// minimise f(x), lower <= x <= upper. It ends where the gradient, but for what bounds take, is small and, where the
/// Hessian may be factored at a cost that is small beside the solve, has no negative eigenvalue; a saddle is left along
/// negative curvature.
class DescentMethod {
 public:
  /// Checks the problem and evaluates it at the start. `la` must outlive this. An objective that is given as a sum of
  /// squares is minimised by the method of least squares, whatever `settings.method` is.
  DescentMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings,
                std::optional<SumOfSquares::Squares> squares = std::nullopt);

  static constexpr bool decidesSolved = true;

  std::optional<Status> start();
  std::optional<Status> step();
  NlpProgress progress() const;
  NlpSolution solution() const;
  /// Why it could not go on, or why there is no feasible point or no minimum.
  std::string explain(Status status) const;

 private:
  bool arrived() const { return best_.residual() <= settings_.tolerance && descent_->accepts(point_); }
  std::optional<Status> finishOrContinue();
  bool rescaleHere();
  std::optional<Status> checkSecondOrder();
  bool mayFactor() const;
  std::optional<ReducedInertia> inertia();
  bool weaklyHeld() const;
  bool multiplierVanishes() const;
  bool leaveSaddle();
  void addBounds(NlpSolution& s) const;

  const Cpu& la_;
  const NlpSettings settings_;
  const bool reportIterates_;
  const std::shared_ptr<TwoMetricProjection> box_;  // null: x is free
  ScaledNlp model_;
  NlpPoint point_;
  NlpPoint trial_;
  KktSystem system_;
  MeritFunction merit_;
  UnboundedTest unboundedTest_;
  BestPoint best_;
  std::unique_ptr<Descent> descent_;
  bool started_ = false;     // everything is finite at the start
  bool saddle_ = false;      // it ended at one
  bool degenerate_ = false;  // it ended where second derivatives do not decide, as bounds hold without a multiplier
  int saddles_ = 0;
  double lastStep_ = unknown;
};

}  // namespace nonconvex
