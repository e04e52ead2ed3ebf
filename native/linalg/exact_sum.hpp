// Sums that rounding hardly touches.
#pragma once

#include <cmath>

namespace nonconvex {

/// A sum in twice the precision.
///
/// T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18, 1971.
struct ExactSum {
  double high = 0, low = 0;

  void add(double x) {
    const double sum = high + x, part = sum - high;
    low += (high - (sum - part)) + (x - part);
    high = sum;
  }
  /// Adds a product.
  void add(double x, double y) {
    const double product = x * y;
    add(product);
    low += std::fma(x, y, -product);
  }
  void add(const ExactSum& other) {
    add(other.high);
    low += other.low;
    const double sum = high + low;
    low -= sum - high;
    high = sum;
  }
  void subtract(const ExactSum& other) {
    add(-other.high);
    low -= other.low;
  }
  double value() const { return high + low; }
};

}  // namespace nonconvex
