// Units of the variables of a sum over rows.
#pragma once

#include <algorithm>
#include <vector>

#include "core/index.hpp"

namespace nonconvex {

/// z_j = s_j x_j, and of the variable c that all rows multiply by 1, z_c = s_c (x_c + sum_j m_j x_j): x_j is measured
/// in units of 1 / the root mean square of what its column has around m_j, and predictions are the same.
struct SumUnits {
  std::vector<double> scales;   ///< s; empty: 1
  std::vector<double> centres;  ///< m; empty: 0
  int constant = -1;            ///< c, where there are centres

  bool plain() const {
    return centres.empty() && std::all_of(scales.begin(), scales.end(), [](double scale) { return scale == 1; });
  }
  template <class T>
  void toUnits(const double* x, T* z, std::size_t n) const {
    for (std::size_t j = 0; j < n; ++j) z[j] = static_cast<T>((x[j] + moved(j, x, n)) * scaleOf(j));
  }
  template <class T>
  void fromUnits(const T* z, double* x, std::size_t n) const {
    for (std::size_t j = 0; j < n; ++j) x[j] = static_cast<double>(z[j]) / scaleOf(j);
    if (!centres.empty()) x[constant] -= moved(at(constant), x, n);
  }

 private:
  double scaleOf(std::size_t j) const { return scales.empty() ? 1 : scales[j]; }
  /// sum_k m_k x_k for the variable c, m_c being 0; 0 for others.
  double moved(std::size_t j, const double* x, std::size_t n) const {
    if (centres.empty() || j != at(constant)) return 0;
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) sum += centres[k] * x[k];
    return sum;
  }
};

}  // namespace nonconvex
