// Steps of methods for functions without constraints, in a box.
#pragma once

#include <optional>

#include "linalg/vectors.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// lower <= x <= upper, and the face on which a step from a point stays (two-metric projection: D. P. Bertsekas,
/// "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control Optim. 20, 1982):
///
/// - a variable is held if it is at a bound and f falls beyond.
/// - a variable is held back if it is nearly at a bound and f falls beyond: its step leads to the bound.
/// - the others are free: a method may multiply their part of the gradient by any positive definite matrix.
class TwoMetricBox {
 public:
  /// An empty `lower` or `upper` sets no bounds.
  TwoMetricBox(int n, In lower, In upper);

  /// Moves x to the nearest point of the box; true if it was not in there.
  bool project(Out x) const;
  /// Moves the end of a step into the box, and a variable that is nearly at a bound all the way there if the step takes
  /// it most of the way; true if the end has moved.
  bool project(const SmoothPoint& from, Out end) const;

  /// Sets each entry to 0 if its variable is held, to |g| / (distance to the bound) if it is held back, to -1 if it is
  /// free.
  void classify(const SmoothPoint& at, Out kinds) const;
  /// Finds the face of a point, and returns g with zeros where a variable is not free, in `work`.
  In freeGradient(const SmoothPoint& from, Out work);
  /// Completes a direction of the free variables of that face: 0 where a variable is held, to the bound where it is
  /// held back.
  void keepOnFace(const SmoothPoint& from, Out direction) const;
  /// Sets the change of the gradient to 0 where a variable did not move: what moved alone tells of curvature.
  void keepMoved(In step, Out change) const;
  /// max |x - P(x - g)|, P the projection: 0 just where x meets the first-order conditions.
  double residual(const SmoothPoint& at) const;

  bool atBound(std::size_t j, double x) const { return x <= lower_[j] || x >= upper_[j]; }
  In lower() const { return lower_; }
  In upper() const { return upper_; }
  /// A variable whose lower bound is above its upper one.
  std::optional<int> contradiction() const;

 private:
  double inside(std::size_t j, double x) const { return std::max(lower_[j], std::min(x, upper_[j])); }

  Vector lower_, upper_;
  Vector kinds_;  // classes of the variables at the point of the last face
};

}  // namespace nonconvex
