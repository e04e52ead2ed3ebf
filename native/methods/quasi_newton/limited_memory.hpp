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
      : n_(n), memory_(memory), steps_(n, memory), changes_(n, memory), inverses_(static_cast<std::size_t>(memory)) {}

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
    std::vector<double>& weights = weights_;
    weights.resize(static_cast<std::size_t>(memory_));
    for (int i = 0; i < n_; ++i) direction[i] = -gradient[i];
    if (empty()) return;
    const int oldest = std::max(0, count_ - memory_);
    for (int k = count_ - 1; k >= oldest; --k) {
      const auto at = static_cast<std::size_t>(k % memory_);
      weights[at] = inverses_[at] * blas::dot(n_, steps_.column(k % memory_), direction);
      blas::axpy(n_, -weights[at], changes_.column(k % memory_), direction);
    }
    for (int i = 0; i < n_; ++i) direction[i] *= scale_;
    for (int k = oldest; k < count_; ++k) {
      const auto at = static_cast<std::size_t>(k % memory_);
      const double back = inverses_[at] * blas::dot(n_, changes_.column(k % memory_), direction);
      blas::axpy(n_, weights[at] - back, steps_.column(k % memory_), direction);
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

struct LimitedMemorySettings {
  int iterations = 1000;
  int memory = 30;
  double decrease = 1e-12;  ///< relative, over ten iterations, below which it ends
};

/// Minimises `function(x, gradient)`, which returns the value, from x; x is the best point at the end. The line search
/// has Armijo's condition and the weak one of Wolfe, by bisection, which ends at kinks too (A. S. Lewis, M. L. Overton,
/// "Nonsmooth optimization via quasi-Newton methods", Mathematical Programming 141, 2013, section 2). Returns the
/// value.
template <class Function>
class LimitedMemoryDescent {
 public:
  LimitedMemoryDescent(Function& function, int n, const LimitedMemorySettings& settings)
      : function_(function), n_(n), settings_(settings), memory_(n, settings.memory) {
    for (auto* v : {&gradient_, &direction_, &trial_, &trialGradient_, &step_, &change_}) {
      *v = HostBuffer<double>(static_cast<std::size_t>(n));
    }
  }

  /// Ends early where `stop()`.
  template <class Stop>
  double minimize(double* x, Stop&& stop) {
    double value = function_(x, gradient_.data());
    double before = value;
    for (int k = 1; k <= settings_.iterations && !stop(); ++k) {
      memory_.direction(gradient_.data(), direction_.data());
      const double next = search(x, value);
      if (!(next < value)) {
        if (memory_.empty()) break;
        memory_.forget();  // once more along the gradient
        continue;
      }
      value = next;
      if (k % 10 == 0) {
        if (before - value <= settings_.decrease * std::abs(value)) break;
        before = value;
      }
    }
    return value;
  }

 private:
  static constexpr double armijo = 1e-4;
  static constexpr double wolfe = 0.9;
  static constexpr int mostTrials = 30;

  /// Moves x along the direction and returns its value, or leaves it and returns `value`.
  double search(double* x, double value) {
    const double slope = blas::dot(n_, gradient_.data(), direction_.data());
    if (!(slope < 0)) return value;
    double low = 0;
    double high = infinity;
    double t = memory_.empty() ? std::min(1.0, 1 / blas::nrm2(n_, gradient_.data())) : 1;
    double best = value;  // of what has been accepted by Armijo's condition
    for (int trial = 0; trial < mostTrials; ++trial) {
      for (int i = 0; i < n_; ++i) trial_[at(i)] = x[i] + t * direction_[at(i)];
      const double next = function_(trial_.data(), trialGradient_.data());
      if (!(next <= value + armijo * t * slope)) {
        high = t;
      } else {
        best = next;
        keep(x);
        if (blas::dot(n_, trialGradient_.data(), direction_.data()) >= wolfe * slope) break;
        low = t;
      }
      t = high < infinity ? (low + high) / 2 : 2 * t;
    }
    if (best < value) accept(x);
    return best;
  }

  void keep(const double* x) {
    for (int i = 0; i < n_; ++i) {
      step_[at(i)] = trial_[at(i)] - x[i];
      change_[at(i)] = trialGradient_[at(i)] - gradient_[at(i)];
    }
  }
  void accept(double* x) {
    for (int i = 0; i < n_; ++i) {
      x[i] += step_[at(i)];
      gradient_[at(i)] += change_[at(i)];
    }
    memory_.update(step_.data(), change_.data());
  }
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  Function& function_;
  int n_;
  LimitedMemorySettings settings_;
  LimitedMemory memory_;
  HostBuffer<double> gradient_, direction_, trial_, trialGradient_, step_, change_;
};

}  // namespace nonconvex
