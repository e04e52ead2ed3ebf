// Non-linear conjugate gradients over frames and a vector.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "methods/line_search/armijo.hpp"
#include "methods/stiefel/frames.hpp"

namespace nonconvex {

/// A point: several frames of one width side by side, and numbers without constraints. Also a direction at one.
struct FramesAndNumbers {
  HostMatrix<double> frames;  ///< d x (count width)
  std::vector<double> numbers;

  FramesAndNumbers(int d, int columns, int free) : frames(d, columns), numbers(static_cast<std::size_t>(free)) {}

  std::span<double> flat() { return {frames.data(), frames.size()}; }
  std::span<const double> flat() const { return {frames.data(), frames.size()}; }
};

/// Minimises a function of frames and numbers: Polak and Ribiere's direction with a factor cut at 0, the one before
/// brought along by projection on the tangents, and the steepest one where it does not descend enough; steps that
/// backtrack, from twice the last one; back onto the frames by orthonormalising (P.-A. Absil, R. Mahony, R. Sepulchre,
/// "Optimization algorithms on matrix manifolds", 2008). The value never rises by more than rounding. A Function has
/// double operator()(const FramesAndNumbers& point, FramesAndNumbers& gradient), which sets the gradient in all
/// entries.
class StiefelConjugateGradients {
 public:
  StiefelConjugateGradients(int d, int width, int count, int free)
      : point(d, width * count, free),
        gradient(d, width * count, free),
        width_(width),
        count_(count),
        direction_(d, width * count, free),
        trial_(d, width * count, free),
        slope_(d, width * count, free),
        inner_(width, width) {}

  FramesAndNumbers point;
  FramesAndNumbers gradient;  ///< its tangent part at the point
  double value = 0;
  double squares = 0;  ///< squared norm of the gradient

  /// Evaluates the function at the point, whose frames are made orthonormal.
  template <class Function>
  void begin(Function&& f) {
    orthonormalize(point);
    value = f(std::as_const(point), gradient);
    project(point, gradient);
    squares = product(gradient, gradient);
    steepest();
  }

  /// One iteration; false where no step along the steepest descent makes the value smaller.
  template <class Function>
  bool step(Function&& f) {
    double descent = product(direction_, gradient);
    if (!(descent <= -Tuning::leastDescent * squares)) {
      steepest();
      descent = -squares;
    }
    if (!search(f, descent)) {
      steepest();
      if (!search(f, -squares)) return false;
    }
    turn();
    return true;
  }

 private:
  struct Tuning {
    /// measured: descent along a direction, beside that of the steepest one, below which it is replaced.
    static constexpr double leastDescent = 1e-3;
    static constexpr double longest = 1e6;  ///< safeguard: longest step that is tried first
  };

  static double product(const FramesAndNumbers& a, const FramesAndNumbers& b) {
    return dot(a.flat(), b.flat()) + dot(a.numbers, b.numbers);
  }

  void orthonormalize(FramesAndNumbers& at) const {
    for (int k = 0; k < count_; ++k) frames::orthonormalize(at.frames.columns(k * width_, width_));
  }
  void project(const FramesAndNumbers& at, FramesAndNumbers& direction) {
    for (int k = 0; k < count_; ++k) {
      frames::projectTangent(at.frames.columns(k * width_, width_), direction.frames.columns(k * width_, width_),
                             inner_);
    }
  }

  void steepest() {
    for (std::size_t k = 0; k < gradient.frames.size(); ++k) direction_.frames.data()[k] = -gradient.frames.data()[k];
    for (std::size_t k = 0; k < gradient.numbers.size(); ++k) direction_.numbers[k] = -gradient.numbers[k];
  }

  /// Puts the first step that gains enough into the trial point, its value and its gradient.
  template <class Function>
  bool search(Function&& f, double descent) {
    const ArmijoCondition condition{.value = value, .slope = descent};
    const double allowed = 8 * machineEpsilon * std::abs(value);
    double there = value;
    const double t = backtrack({.first = std::min(2 * length_, Tuning::longest)}, [&](double length) {
      addScaled(point.flat(), length, direction_.flat(), trial_.flat());
      addScaled(point.numbers, length, direction_.numbers, trial_.numbers);
      orthonormalize(trial_);
      there = f(std::as_const(trial_), slope_);
      if (!(there <= value + allowed)) return false;
      if (there <= condition.bound(length)) return true;
      // Values tell no more than their rounding here: the slope at the end decides.
      project(trial_, slope_);
      return product(slope_, direction_) <= condition.slopeBound();
    });
    length_ = t > 0 ? t : 1;
    if (t > 0) value = there;
    return t > 0;
  }

  /// Makes the trial point the point, and the next direction.
  void turn() {
    std::swap(point.frames, trial_.frames);
    point.numbers.swap(trial_.numbers);
    project(point, slope_);
    project(point, gradient);
    project(point, direction_);
    const double next = product(slope_, slope_);
    const double factor = squares > 0 ? std::max(0.0, (next - product(slope_, gradient)) / squares) : 0;
    for (std::size_t k = 0; k < slope_.frames.size(); ++k) {
      direction_.frames.data()[k] = factor * direction_.frames.data()[k] - slope_.frames.data()[k];
    }
    for (std::size_t k = 0; k < slope_.numbers.size(); ++k) {
      direction_.numbers[k] = factor * direction_.numbers[k] - slope_.numbers[k];
    }
    std::swap(gradient.frames, slope_.frames);
    gradient.numbers.swap(slope_.numbers);
    squares = next;
  }

  int width_, count_;
  FramesAndNumbers direction_, trial_, slope_;
  HostMatrix<double> inner_;
  double length_ = 1;
};

}  // namespace nonconvex
