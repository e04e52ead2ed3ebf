// Least residuals on the span of the last changes of an iterate.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "linalg/blas.hpp"

namespace nonconvex {

/// Generalised conjugate residuals (Eisenstat, Elman, Schultz 1983) around any method that improves y in K y = b: after
/// each of its rounds y becomes the point with the least ||b - K y|| on the line of the round, made conjugate to up to
/// `memory` earlier ones. The method may be another one each time, such as random projections.
class ConjugateResiduals {
 public:
  ConjugateResiduals(std::size_t size, std::size_t memory)
      : directions_(memory, std::vector<double>(size)), images_(directions_), y_(size), residual_(size) {}

  void restart() { count_ = 0; }

  /// Before a round: y and b - K y.
  void note(std::span<const double> y, std::span<const double> residual) {
    std::copy(y.begin(), y.end(), y_.begin());
    std::copy(residual.begin(), residual.end(), residual_.begin());
  }

  /// After it; false, and nothing is changed, where the round brought nothing new.
  bool improve(std::span<double> y, std::span<double> residual) {
    constexpr double smallest = 1e-12;
    if (directions_.empty()) return false;
    const std::size_t memory = directions_.size();
    std::vector<double>& p = directions_[count_ % memory];
    std::vector<double>& q = images_[count_ % memory];
    for (std::size_t i = 0; i < p.size(); ++i) {
      p[i] = y[i] - y_[i];
      q[i] = residual_[i] - residual[i];
    }
    const double before = product(q, q);
    for (std::size_t k = count_ >= memory ? count_ - memory + 1 : 0; k < count_; ++k) {
      const double part = product(q, images_[k % memory]);
      add(-part, directions_[k % memory], p);
      add(-part, images_[k % memory], q);
    }
    const double squared = product(q, q);
    if (!(squared > smallest * before)) {
      restart();
      return false;
    }
    const double scale = 1 / std::sqrt(squared);
    for (double& value : p) value *= scale;
    for (double& value : q) value *= scale;
    const double alpha = product(q, residual_);
    for (std::size_t i = 0; i < p.size(); ++i) {
      y[i] = y_[i] + alpha * p[i];
      residual[i] = residual_[i] - alpha * q[i];
    }
    ++count_;
    return true;
  }

  /// Goes back to the y before the round if rounding made the residual, which is computed anew, larger than it was.
  bool lost(std::span<double> y, std::span<const double> residual) {
    if (product(residual, residual) <= product(residual_, residual_)) return false;
    std::copy(y_.begin(), y_.end(), y.begin());
    restart();
    return true;
  }

 private:
  static double product(std::span<const double> a, std::span<const double> b) {
    return blas::dot(static_cast<int>(a.size()), a.data(), b.data());
  }
  static void add(double a, std::span<const double> x, std::span<double> y) {
    blas::axpy(static_cast<int>(x.size()), a, x.data(), y.data());
  }

  std::vector<std::vector<double>> directions_, images_;
  std::vector<double> y_, residual_;
  std::size_t count_ = 0;
};

}  // namespace nonconvex
