// Limited-memory BFGS: J. Nocedal, S. J. Wright, "Numerical Optimization", 2006, section 7.2.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// The last steps and changes of the gradient, and the directions that they make.
class LimitedMemory {
 public:
  LimitedMemory(int n, int memory)
      : n_(n),
        memory_(memory),
        steps_(n, memory),
        changes_(n, memory),
        inverses_(static_cast<std::size_t>(memory)),
        weights_(inverses_.size()) {}

  void forget() { count_ = 0; }
  bool empty() const { return count_ == 0; }

  /// Takes a step and the change of the gradient along it, unless the curvature there is not positive.
  void update(const double* step, const double* change) {
    const double curvature = blas::dot(n_, step, change);
    const double squares = blas::dot(n_, change, change);
    if (!(curvature > 1e-14 * squares) || !std::isfinite(squares)) return;
    const int place = count_ % memory_;
    std::copy(step, step + n_, steps_.column(place));
    std::copy(change, change + n_, changes_.column(place));
    inverses_[static_cast<std::size_t>(place)] = 1 / curvature;
    scale_ = curvature / squares;
    ++count_;
  }

  /// direction := -H gradient, H the approximation of the inverse of the Hessian.
  void direction(const double* gradient, double* direction) {
    for (int i = 0; i < n_; ++i) direction[i] = -gradient[i];
    if (empty()) return;
    const int oldest = std::max(0, count_ - memory_);
    for (int k = count_ - 1; k >= oldest; --k) {
      const auto at = static_cast<std::size_t>(k % memory_);
      weights_[at] = inverses_[at] * blas::dot(n_, steps_.column(k % memory_), direction);
      blas::axpy(n_, -weights_[at], changes_.column(k % memory_), direction);
    }
    for (int i = 0; i < n_; ++i) direction[i] *= scale_;
    for (int k = oldest; k < count_; ++k) {
      const auto at = static_cast<std::size_t>(k % memory_);
      const double back = inverses_[at] * blas::dot(n_, changes_.column(k % memory_), direction);
      blas::axpy(n_, weights_[at] - back, steps_.column(k % memory_), direction);
    }
  }

 private:
  int n_;
  int memory_;
  HostMatrix<double> steps_, changes_;  // n x memory: number k is in column k % memory
  std::vector<double> inverses_;        // 1 / (step . change)
  std::vector<double> weights_;
  double scale_ = 1;
  int count_ = 0;
};

}  // namespace nonconvex
