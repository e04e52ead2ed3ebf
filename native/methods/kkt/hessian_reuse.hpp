// When a Hessian of an earlier point will do: section 1.7 of docs/nlp.md.
#pragma once

#include <algorithm>
#include <cmath>

namespace nonconvex {

/// With a Hessian of f that is off by the share a of itself, a step leaves about a times the error, beside what
/// Newton's method leaves.
class HessianReuse {
 public:
  /// Never, unless it is `allowed`. A Hessian takes as long as so many evaluations.
  HessianReuse(bool allowed, double hessianCost) : allowed_(allowed), hessianCost_(hessianCost) {}

  /// How far the next Hessian of f may be off; 0: not at all.
  double accuracy() const { return accuracy_; }
  bool shifted() const { return shifted_; }

  /// A step was taken, with such a Hessian or with its own, that made the residual `ratio` times what it was; it is to
  /// become `left` times what it is.
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
