// The function and the region of a descent, as methods on any function see them.
#pragma once

#include "core/status.hpp"
#include "methods/descent/descent.hpp"

namespace nonconvex {

/// The objective at points whose memory is that of one NlpPoint, which gets f and the derivatives.
class FaceFunction {
 public:
  explicit FaceFunction(ScaledNlp& model) : model_(model) {}

  void evaluateAt(NlpPoint& point) { point_ = &point; }
  int variables() const { return model_.n(); }
  double value(In) { return model_.evaluateValues(*point_) ? point_->f : unknown; }
  bool gradientThere(Out) { return model_.evaluateDerivatives(*point_); }

 private:
  ScaledNlp& model_;
  NlpPoint* point_ = nullptr;
};
static_assert(SmoothInStages<FaceFunction>);

/// A box whose face the function has already: its gradient is 0 where a variable is held. All of space without a box.
class FaceRegion {
 public:
  explicit FaceRegion(const TwoMetricProjection* box) : box_(box) {}

  bool project(const SmoothPoint& from, Out end) const { return box_ != nullptr && box_->project(from, end); }
  In freeGradient(const SmoothPoint& from, Out) const { return from.g; }
  void keepOnFace(const SmoothPoint& from, Out direction) const {
    if (box_ != nullptr) box_->keepHeld(from, direction);
  }
  void keepMoved(In step, Out change) const {
    if (box_ != nullptr) box_->bounds().keepMoved(step, change);
  }

 private:
  const TwoMetricProjection* box_;
};

}  // namespace nonconvex
