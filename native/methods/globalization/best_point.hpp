// The point that a method returns.
#pragma once

#include <limits>

#include "core/reduced_inertia.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// The best point of a solve so far: that of the least residual, unless a later one has a lower f and ||c|| no larger.
/// A stationary point that is no minimum is refused, and any later point is better.
class BestPoint {
 public:
  /// `tolerance`: ||c||_inf that counts as none.
  BestPoint(const ScaledNlp& model, double tolerance);

  /// Keeps the point if it is the best.
  void record(const NlpPoint& point);
  /// Does the work of `record` after a step from `left` to `point`, without a copy where that will do: a point that is
  /// kept stays where it is until the next step, when its numbers are exchanged for others if it is still the best.
  /// Before anything else is done with `point`, `settle` is to be called.
  void recordStep(const NlpPoint& point, NlpPoint& left);
  /// Copies the best point if it lies elsewhere.
  void settle();
  /// Keeps the point whatever was before.
  void take(const NlpPoint& point);
  /// Keeps the point and forgets all others, as those are in other units.
  void beginAgain(const NlpPoint& point);
  /// Keeps a stationary point that is no minimum, until there is another.
  void refuse(const NlpPoint& point, const ReducedInertia& inertia);
  void setInertia(const ReducedInertia& inertia) { inertia_ = inertia; }

  /// Remembers a stationary point of ||c||, c != 0, if ||c|| is the least of those.
  void recordInfeasible(const NlpPoint& point);
  /// Keeps the remembered one whatever was before.
  void takeLeastInfeasible() { take(leastInfeasible_); }

  /// x, lambda, f, c and g; no other derivatives.
  const NlpPoint& point() const { return elsewhere_ != nullptr ? *elsewhere_ : point_; }
  double residual() const { return residual_; }
  const ReducedInertia& inertia() const { return inertia_; }

 private:
  void take(const NlpPoint& point, double residual);
  void note(double residual);
  bool isBest(const NlpPoint& before, const NlpPoint& point, double residual) const;

  const ScaledNlp& model_;
  const double tolerance_;
  NlpPoint point_;
  const NlpPoint* elsewhere_ = nullptr;  // the best point if it is not point_
  double residual_ = unknown;
  bool refused_ = false;
  ReducedInertia inertia_;
  NlpPoint leastInfeasible_;
  double leastInfeasibility_ = std::numeric_limits<double>::infinity();
};

}  // namespace nonconvex
