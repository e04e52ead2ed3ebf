// Extrapolation of the last points of a descent method (Anderson; in this form Scieur, d'Aspremont, Bach, "Regularized
// nonlinear acceleration", NIPS 2016): sum_k c_k x_k, the c that make sum_k c_k (x_k - x_{k-1}) small.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

class Extrapolation {
 public:
  struct Tuning {
    static constexpr int points =
        5;  ///< published: k of the experiments of Scieur et al., differences that are combined
  };
  static constexpr int points = Tuning::points;

  /// Extrapolates vectors of n numbers; with n = 0 it takes no memory and is not to be used.
  explicit Extrapolation(int n) : last_(n, n > 0 ? points + 1 : 0), combined_(static_cast<std::size_t>(n)) {}

  void clear() { count_ = 0; }
  bool full() const { return count_ > points; }

  /// The newest point; the oldest one is forgotten.
  void add(const double* x) {
    std::copy(x, x + last_.rows(), last_.column(count_++ % (points + 1)));
    if (count_ == 2 * (points + 1)) count_ = points + 1;
  }

  /// The extrapolated point, in memory of this object; nullptr if the points do not differ. Only when full.
  double* combine() {
    const int n = last_.rows();
    // The oldest column comes after the newest.
    const auto column = [&](int k) { return last_.column((count_ + k) % (points + 1)); };
    std::array<std::array<double, points + 1>, points> system{};  // (U^T U + regulariser) c = 1
    for (int i = 0; i < n; ++i) {
      std::array<double, points> u;
      for (int k = 0; k < points; ++k) u[static_cast<std::size_t>(k)] = column(k + 1)[i] - column(k)[i];
      for (std::size_t k = 0; k < points; ++k) {
        for (std::size_t l = 0; l <= k; ++l) system[k][l] += u[k] * u[l];
      }
    }
    double trace = 0;
    for (std::size_t k = 0; k < points; ++k) trace += system[k][k];
    if (!(trace > 0) || !std::isfinite(trace)) return nullptr;
    for (std::size_t k = 0; k < points; ++k) {
      for (std::size_t l = 0; l < k; ++l) system[l][k] = system[k][l];
      system[k][k] += 1e-14 * trace;
      system[k][points] = 1;
    }
    if (!solve(system)) return nullptr;
    double sum = 0;
    for (const auto& row : system) sum += row[points];
    if (!(std::abs(sum) > 0) || !std::isfinite(sum)) return nullptr;
    std::fill(combined_.data(), combined_.data() + n, 0.0);
    for (int k = 0; k < points; ++k) {
      blas::axpy(n, system[static_cast<std::size_t>(k)][points] / sum, column(k + 1), combined_.data());
    }
    return combined_.data();
  }

 private:
  /// Gaussian elimination with pivots by rows; the solution is left in the last column.
  static bool solve(std::array<std::array<double, points + 1>, points>& a) {
    for (std::size_t k = 0; k < points; ++k) {
      std::size_t pivot = k;
      for (std::size_t i = k + 1; i < points; ++i) {
        if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
      }
      if (a[pivot][k] == 0) return false;
      std::swap(a[k], a[pivot]);
      for (std::size_t i = 0; i < points; ++i) {
        if (i == k) continue;
        const double factor = a[i][k] / a[k][k];
        for (std::size_t j = k; j <= points; ++j) a[i][j] -= factor * a[k][j];
      }
    }
    for (std::size_t k = 0; k < points; ++k) a[k][points] /= a[k][k];
    return true;
  }

  HostMatrix<double> last_;
  HostBuffer<double> combined_;
  int count_ = 0;
};

}  // namespace nonconvex
