// A function of many variables along a ray.
#pragma once

#include "core/status.hpp"
#include "linalg/vectors.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// All of space, as the region of a method: no point is moved.
struct WholeSpace {
  bool project(Out) const { return false; }
  bool project(const SmoothPoint&, Out) const { return false; }
  In freeGradient(const SmoothPoint& from, Out) const { return from.g; }
  void keepOnFace(const SmoothPoint&, Out) const {}
  void keepMoved(In, Out) const {}
  double residual(const SmoothPoint& at) const { return normInf(at.g); }
};

/// f at the point of a region that belongs to x + t d. `end` and `gradient` are memory for that point and the gradient
/// there; line searches see a BentLine.
template <class F, class Region>
class Ray {
 public:
  Ray(F& function, const Region& region, const SmoothPoint& from, In direction, Out end, Out gradient)
      : function_(function), region_(region), from_(from), direction_(direction), end_(end), gradient_(gradient) {}

  double value(double t) {
    t_ = t;
    ++evaluations_;
    addScaled(from_.x, t, direction_, end_);
    moved_ = region_.project(from_, end_);
    if constexpr (SmoothInStages<F>) {
      value_ = function_.value(In(end_));
    } else {
      value_ = function_.gradient(In(end_), gradient_);
    }
    return value_;
  }
  double slope() {
    bool defined;
    if constexpr (SmoothInStages<F>) {
      defined = function_.gradientThere(gradient_);
    } else {
      defined = finite(gradient_);
    }
    if (!defined) return unknown;
    return moved_ ? along(gradient_) / t_ : dot(gradient_, direction_);
  }
  bool moved() const { return moved_; }
  double promised() const { return along(from_.g); }
  /// f at the last point.
  double lastValue() const { return value_; }
  int evaluations() const { return evaluations_; }

 private:
  /// g . (end - x)
  double along(In g) const {
    double sum = 0;
    for (std::size_t j = 0; j < g.size(); ++j) sum += g[j] * (end_[j] - from_.x[j]);
    return sum;
  }

  F& function_;
  const Region& region_;
  const SmoothPoint from_;
  In direction_;
  Out end_, gradient_;
  double t_ = 0, value_ = unknown;
  bool moved_ = false;
  int evaluations_ = 0;
};

}  // namespace nonconvex
