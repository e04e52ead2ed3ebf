// How many digits numbers have that are kept up to date by their changes.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonconvex {

/// Numerator and denominator of a ratio, kept by changes since they were last computed from x: their rounding errors
/// are of the size of the largest values since then.
class Digits {
 public:
  /// Both have been computed from x.
  void restart(double numerator, double denominator) {
    largestNumerator_ = numerator;
    largestDenominator_ = denominator;
    stretch_ = 1;
  }
  void note(double numerator, double denominator) {
    largestNumerator_ = std::max(largestNumerator_, numerator);
    largestDenominator_ = std::max(largestDenominator_, denominator);
  }
  /// x has been multiplied by this factor, and rounding errors with it.
  void noteScaled(double factor) { stretch_ *= std::max(1.0, std::abs(factor)); }

  /// Returns true if the numerator or the denominator has become less than this part of its largest value.
  bool shrunk(double numerator, double denominator, double numeratorPart, double denominatorPart) const {
    return numerator < numeratorPart * largestNumerator_ || !(denominator >= denominatorPart * largestDenominator_);
  }
  /// Returns true if rounding errors have been multiplied by a large factor.
  bool stretched() const { return stretch_ > 1e3; }

  /// Rounding errors that may have been left in the numerator, whose parts have such a size.
  void setRounding(double size) {
    rounding_ = 1e-14 * std::max(size, largestNumerator_) + std::numeric_limits<double>::min();
    floor_ = std::max(rounding_, 1e-12 * firstFloor_);
  }
  double rounding() const { return rounding_; }
  /// The size below which the numerator does not count for the residual. Not less than what can count after the first
  /// sweep, so that a way down to 0 has an end.
  double floor() const { return floor_; }
  void keepFirstFloor() {
    if (firstFloor_ == 0) firstFloor_ = floor_;
  }
  /// Begins anew, without regard to earlier values.
  void setFloor(double floor) { rounding_ = floor_ = floor; }
  void forgetFloor() { floor_ = 0; }

 private:
  double largestNumerator_ = 0, largestDenominator_ = 0;
  double stretch_ = 1;
  double rounding_ = 0, floor_ = 0, firstFloor_ = 0;
};

}  // namespace nonconvex
