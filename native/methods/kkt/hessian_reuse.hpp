// When a Hessian of an earlier point will do: section 1.7 of docs/nlp-methods.md.
#pragma once

#include <algorithm>
#include <cmath>

namespace nonconvex {

/// Decides how exact the next Hessian of f has to be. With one of relative error a, a step reduces the error by about
/// the factor a, at best.
class HessianReuse {
 public:
  /// Lets no earlier Hessian pass unless that is `allowed`. `hessianCost`: of a Hessian, in evaluations of f and its
  /// gradient.
  HessianReuse(bool allowed, double hessianCost) : allowed_(allowed), hessianCost_(hessianCost) {}

  /// Relative error that the next Hessian of f may have; 0: none.
  double accuracy() const { return accuracy_; }
  /// Returns true if the last step had a shift.
  bool shifted() const { return shifted_; }

  /// Notes a step, with a Hessian of an `earlier` point or its own, that made the residual `ratio` times what it was;
  /// it is to become `left` times what it is.
  void note(bool earlier, bool shifted, double ratio, double left) {
    constexpr double usual = 0.1, ofShifted = 0.01;
    constexpr double poor = 0.5;  // then, if that was why, a better one
    if (!allowed_) return;
    shifted_ = shifted;
    const double most = shifted ? ofShifted : usual;
    const bool worse = earlier && !(ratio < poor);
    accuracy_ = worse ? 0.1 * std::min(accuracy_, most) : most;
    // A new one would take about two steps to the end.
    if (earlier && !worse && std::log(left) / std::log(ratio) > 2 + hessianCost_) accuracy_ = 0;
  }

 private:
  bool allowed_;
  double hessianCost_;
  double accuracy_ = 0;
  bool shifted_ = false;
};

}  // namespace nonconvex
