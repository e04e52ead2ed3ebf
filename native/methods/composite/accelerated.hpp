// Accelerated proximal gradients: A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear
// inverse problems", SIAM J. Imaging Sci. 2, 2009.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"
#include "methods/line_search/wolfe.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// A function whose Hessian H is the same everywhere: `hessianProduct(v, out)` sets out := H v.
template <class F>
concept QuadraticFunction = Sized<F> && F::quadratic && requires(F& f, In v, Out out) {
  f.hessianProduct(v, out);
};

struct AcceleratedSettings {
  double lipschitz = 1;     ///< constant of the gradient, doubled where f proves to curve more
  double tolerance = 1e-8;  ///< `residual()` at which it is solved
};

/// Minimises f(x) + p(x), f smooth and convex. Momentum begins anew where it points uphill: B. O'Donoghue, E. Candes,
/// "Adaptive restart for accelerated gradient schemes", Found. Comput. Math. 15, 2015. A quadratic f costs one product
/// with its Hessian a step, any other f a gradient and a value.
template <class F, Proximal P>
requires Smooth<F> || QuadraticFunction<F>
class AcceleratedGradients {
 public:
  AcceleratedGradients(const Cpu& la, F& function, P& penalty, const AcceleratedSettings& settings = {})
      : la_(la), function_(function), penalty_(penalty), settings_(settings), lipschitz_(settings.lipschitz) {}

  /// Begins at x.
  void start(In x) requires Smooth<F> {
    goTo(x);
    f_ = function_.gradient(In(x_), Out(g_));
    restart();
  }
  /// Begins at x, where g is the gradient of the quadratic.
  void start(In x, In g) requires QuadraticFunction<F> {
    goTo(x);
    std::copy(g.begin(), g.end(), g_.begin());
    restart();
  }
  /// Begins at x(), which is 0 where no other start was given.
  void start() requires Smooth<F> {
    if (x_.empty()) start(Vector(static_cast<std::size_t>(function_.variables())));
  }

  std::optional<Status> step() {
    la_.checkpoint();
    takeProximalStep();
    if (!stepIsShort()) {
      lipschitz_ *= 2;
      return std::isfinite(lipschitz_) ? std::nullopt : std::optional(Status::numericalError);
    }
    residual_ = lipschitz_ * largest_;
    extrapolate();
    return residual_ <= settings_.tolerance ? std::optional(Status::solved) : std::nullopt;
  }

  In x() const { return x_; }
  /// The gradient of f at x().
  In gradient() const { return g_; }
  /// L times the largest move of the last proximal gradient step, of length 1 / L.
  double residual() const { return residual_; }
  double lipschitz() const { return lipschitz_; }
  Progress progress() {
    Progress now;
    if (std::isfinite(f_)) now.objective = f_ + penalty_.value(x_);
    if (std::isfinite(residual_)) now.residual = residual_;
    return now;
  }

 private:
  void goTo(In x) {
    for (Vector* v : {&x_, &g_, &y_, &gy_, &next_, &gNext_, &move_, &product_}) v->resize(x.size());
    std::copy(x.begin(), x.end(), x_.begin());
  }
  void restart() {
    y_ = x_;
    gy_ = g_;
    fy_ = f_;
    momentum_ = 1;
  }

  /// next := prox(y - g(y) / L), and how far that is.
  void takeProximalStep() {
    addScaled(y_, -1 / lipschitz_, gy_, move_);
    penalty_.prox(1 / lipschitz_, move_, next_);
    largest_ = size_ = along_ = 0;
    for (std::size_t e = 0; e < x_.size(); ++e) {
      const double step = next_[e] - y_[e];
      largest_ = std::max(largest_, std::abs(step));
      size_ += step * step;
      along_ += step * (next_[e] - x_[e]);
      move_[e] = next_[e] - x_[e];
    }
  }

  /// Returns true if f lies below the parabola of curvature L about y at the next point, up to rounding.
  bool stepIsShort() {
    if constexpr (QuadraticFunction<F>) {
      function_.hessianProduct(In(move_), Out(product_));
      for (std::size_t e = 0; e < x_.size(); ++e) gNext_[e] = g_[e] + product_[e];
      double bent = 0;
      for (std::size_t e = 0; e < x_.size(); ++e) bent += (next_[e] - y_[e]) * (gNext_[e] - gy_[e]);
      return bent <= lipschitz_ * size_ * (1 + 1e-10);
    } else {
      fNext_ = function_.value(In(next_));
      double tangent = fy_;
      for (std::size_t e = 0; e < x_.size(); ++e) tangent += gy_[e] * (next_[e] - y_[e]);
      return fNext_ <= tangent + lipschitz_ / 2 * size_ + roundingOf(fy_);
    }
  }

  /// Goes on to the next point; y is beyond it.
  void extrapolate() {
    const bool uphill = along_ < 0;
    const double before = momentum_;
    momentum_ = uphill ? 1 : (1 + std::sqrt(1 + 4 * before * before)) / 2;
    const double beta = uphill ? 0 : (before - 1) / momentum_;
    for (std::size_t e = 0; e < x_.size(); ++e) y_[e] = next_[e] + beta * (next_[e] - x_[e]);
    if constexpr (QuadraticFunction<F>) {
      for (std::size_t e = 0; e < x_.size(); ++e) gy_[e] = gNext_[e] + beta * (gNext_[e] - g_[e]);
      g_.swap(gNext_);
      f_ = unknown;
    } else {
      fy_ = function_.gradient(In(y_), Out(gy_));
      f_ = fNext_;
    }
    x_.swap(next_);
  }

  const Cpu& la_;
  F& function_;
  P& penalty_;
  const AcceleratedSettings settings_;
  double lipschitz_;
  Vector x_, g_, y_, gy_, next_, gNext_, move_, product_;
  double f_ = unknown, fy_ = unknown, fNext_ = unknown;
  double momentum_ = 1, residual_ = unknown;
  double largest_ = 0, size_ = 0, along_ = 0;
};

}  // namespace nonconvex
