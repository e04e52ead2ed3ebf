// Zeros of functions of one number between two points of different signs.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <optional>

#include "core/numbers.hpp"

namespace nonconvex {

/// Two points between which a continuous function changes its sign, drawn together by the secant method that scales
/// down the value at the end that stays: N. Anderson, A. Bjorck, "A new high order method of regula falsi type for
/// computing a root of an equation", BIT 13, 1973. Halves where that is slow or leads outside.
class SecantBracket {
 public:
  /// The function has the value fa at a and fb, of the other sign, at b. Values may be infinite.
  SecantBracket(double a, double fa, double b, double fb) : stays_(a), newest_(b), atStays_(fa), atNewest_(fb) {}

  /// The point to evaluate next; nothing where no number lies between the ends.
  std::optional<double> next() {
    double t = newest_ - atNewest_ * (newest_ - stays_) / (atNewest_ - atStays_);
    const bool inside = (t > stays_ && t < newest_) || (t < stays_ && t > newest_);
    const bool looks = ++steps_ % Tuning::stepsBetweenLooks == 0;
    const bool slow = looks && width() > widthBefore_ / 4;
    if (looks) widthBefore_ = width();
    if (slow || !inside) t = middle();
    return t == stays_ || t == newest_ ? std::nullopt : std::optional(t);
  }

  /// Makes t, where the function has that value, an end of the bracket.
  void put(double t, double value) {
    if ((value < 0) != (atNewest_ < 0)) {
      stays_ = newest_;
      atStays_ = atNewest_;
    } else {
      const double scale = 1 - value / atNewest_;
      atStays_ *= scale > 0 ? scale : 0.5;
    }
    newest_ = t;
    atNewest_ = value;
  }

  double width() const { return std::abs(newest_ - stays_); }
  double middle() const { return stays_ + (newest_ - stays_) / 2; }
  /// The larger size of an end.
  double size() const { return std::max(std::abs(stays_), std::abs(newest_)); }

 private:
  struct Tuning {
    /// safeguard: Steps after which the bracket has to be a quarter as wide.
    static constexpr int stepsBetweenLooks = 4;
  };

  double stays_, newest_, atStays_, atNewest_;
  double widthBefore_ = infinity;
  int steps_ = 0;
};

/// The zero of f in a bracket, up to rounding.
template <std::invocable<double> F>
double zeroOf(F&& f, SecantBracket bracket) {
  constexpr int mostSteps = 300;  // safeguard: halving alone takes fewer for ends of ordinary size
  for (int k = 0; k < mostSteps && bracket.width() > 2 * machineEpsilon * bracket.size(); ++k) {
    const std::optional<double> t = bracket.next();
    if (!t) break;
    const double value = f(*t);
    if (value == 0) return *t;
    bracket.put(*t, value);
  }
  return bracket.middle();
}

}  // namespace nonconvex
