// Multipliers of the products of distances from the sides of the unit box, which are nowhere negative.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace nonconvex {

/// Multipliers m >= 0 of the four products of two variables,
///
///   (1 + z_i)(1 + z_j),   (1 - z_i)(1 - z_j),   (1 + z_i)(1 - z_j),   (1 - z_i)(1 + z_j)   >= 0 for |z| <= 1:
///
/// f(z) - sum m (product) is below f on the unit box. What is subtracted changes the matrix by `curvature`, the linear
/// part by `slope` and the constant by the sum of all m. Any multipliers are valid; `raise` seeks better ones.
class ProductMultipliers {
 public:
  enum Kind { bothLow, bothHigh, lowHigh, highLow };
  static constexpr int kinds = 4;  // definition: numbers of Kind

  /// No multipliers for `size` variables.
  void clear(int size);
  int size() const { return size_; }

  double at(Kind kind, int i, int j) const { return m_[kind][offset(i) + static_cast<std::size_t>(j)]; }
  /// Sets a multiplier of i and j, i != j, and that of j and i.
  void set(Kind kind, int i, int j, double value);
  /// Computes curvature and slope from the multipliers.
  void update();
  /// Changes of row i of the matrix; zero at i.
  const double* curvature(int i) const { return curvature_.data() + offset(i); }
  double slope(int i) const { return slope_[static_cast<std::size_t>(i)]; }

  /// m := max(0, m - step (product)) for all products of z_i, where `products` are those of the relaxation.
  void raise(int i, const double* z, const double* products, double step);
  /// this += share (to - this)
  void approach(const ProductMultipliers& to, double share);

 private:
  std::size_t offset(int i) const { return static_cast<std::size_t>(i) * static_cast<std::size_t>(size_); }

  int size_ = 0;
  std::array<std::vector<double>, kinds> m_;
  std::vector<double> curvature_, slope_;
};

}  // namespace nonconvex
