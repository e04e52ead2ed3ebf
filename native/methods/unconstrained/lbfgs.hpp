// Limited-memory BFGS: J. Nocedal, S. J. Wright, "Numerical Optimization", 2006, algorithm 7.5.
#pragma once

#include <cmath>
#include <optional>
#include <utility>

#include "core/index.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/line_search/ray.hpp"
#include "methods/line_search/wolfe.hpp"
#include "methods/quasi_newton/limited_memory.hpp"
#include "methods/unconstrained/two_metric_box.hpp"

namespace nonconvex {

struct LbfgsSettings {
  int memory = 10;          ///< pairs that are kept
  double tolerance = 1e-8;  ///< `residual()` at which it is solved
  /// Decrease of f over `window` steps, relative to f, at which it has stalled: for functions with kinks, whose
  /// gradients do not become small.
  double leastDecrease = 0;
  int window = 10;
  WolfeSettings search = {};  ///< the rounding follows from f
};

/// Minimises a smooth function, in a box if one is given: there the matrix is that of the free variables (M. Schmidt,
/// D. Kim, S. Sra, "Projected Newton-type methods in machine learning", in "Optimization for Machine Learning", 2011).
/// Functions with kinks are minimised as well (A. S. Lewis, M. L. Overton, "Nonsmooth optimization via quasi-Newton
/// methods", Mathematical Programming 141, 2013); `residual()` says nothing of them.
///
/// `iterate` runs it. The function and `la` must outlive it.
template <class F, class Region = WholeSpace>
requires Smooth<F> || SmoothInStages<F>
class Lbfgs {
 public:
  Lbfgs(const Cpu& la, F& function, const LbfgsSettings& settings = {}, Region region = {})
      : la_(la),
        function_(function),
        settings_(settings),
        region_(std::move(region)),
        memory_(function.variables(), settings.memory) {
    for (Vector* v : {&x_, &g_, &end_, &endGradient_, &direction_, &change_}) v->resize(at(function.variables()));
  }

  /// Begins at the nearest point of the region.
  std::optional<Status> start(In x) {
    std::copy(x.begin(), x.end(), x_.begin());
    started_ = false;
    return start();
  }
  /// Begins at x(), which is 0 where no other start was given.
  std::optional<Status> start() {
    if (std::exchange(started_, true)) return std::nullopt;
    forget();
    region_.project(x_);
    ++evaluations_;
    f_ = evaluate(x_, g_);
    if (!std::isfinite(f_)) return Status::numericalError;
    steps_ = 0;
    earlier_ = f_;
    return ended();
  }

  std::optional<Status> step() {
    la_.checkpoint();
    const std::optional<double> next = advance({x_, f_, g_}, end_, endGradient_);
    if (!next) return Status::stalled;
    f_ = *next;
    x_.swap(end_);
    g_.swap(endGradient_);
    if (++steps_ % settings_.window == 0 && hardlyFalls()) return Status::stalled;
    return ended();
  }

  /// Looks for a lower point from any other, along the direction of the steps so far, then along the gradient. Returns
  /// f there, and sets the point and its gradient; nothing is returned where rounding hides what a step would bring.
  std::optional<double> advance(const SmoothPoint& from, Out end, Out gradient) {
    std::optional<double> found = search(from, end, gradient);
    if (!found && !memory_.empty()) {
      forget();
      found = search(from, end, gradient);
    }
    return found;
  }
  /// Forgets the steps so far, as of a point that was reached in another way.
  void forget() { memory_.forget(); }

  In x() const { return x_; }
  double value() const { return f_; }
  In gradient() const { return g_; }
  /// max |g|; in a box max |x - P(x - g)|, P the projection.
  double residual() const { return region_.residual({x_, f_, g_}); }
  double evaluations() const { return evaluations_; }
  Progress progress() const {
    Progress now;
    if (!started_) return now;
    now.objective = f_;
    now.residual = residual();
    now.evaluations = evaluations_;
    return now;
  }

 private:
  double evaluate(In x, Out g) {
    if constexpr (SmoothInStages<F>) {
      const double f = function_.value(x);
      return function_.gradientThere(g) ? f : unknown;
    } else {
      return function_.gradient(x, g);
    }
  }

  /// Returns true if f has not fallen by much since the last call.
  bool hardlyFalls() {
    const double before = std::exchange(earlier_, f_);
    return settings_.leastDecrease > 0 && before - f_ <= settings_.leastDecrease * std::abs(f_);
  }

  std::optional<Status> ended() const {
    return residual() <= settings_.tolerance ? std::optional(Status::solved) : std::nullopt;
  }

  std::optional<double> search(const SmoothPoint& from, Out end, Out gradient) {
    memory_.direction(region_.freeGradient(from, change_).data(), direction_.data());
    region_.keepOnFace(from, direction_);
    Ray ray(function_, region_, from, In(direction_), end, gradient);
    WolfeSettings search = settings_.search;
    search.rounding = roundingOf(from.f);
    if (memory_.empty()) search.first = std::min(search.first, 1 / std::sqrt(norm2Squared(from.g)));
    const double length = wolfe(ray, from.f, dot(from.g, direction_), search);
    evaluations_ += ray.evaluations();
    if (length == 0) return std::nullopt;
    addScaled(end, -1, from.x, direction_);
    addScaled(gradient, -1, from.g, change_);
    region_.keepMoved(direction_, change_);
    memory_.update(direction_.data(), change_.data());
    return ray.lastValue();
  }

  const Cpu& la_;
  F& function_;
  const LbfgsSettings settings_;
  Region region_;
  LimitedMemory memory_;
  Vector x_, g_, end_, endGradient_, direction_, change_;
  double f_ = unknown, earlier_ = unknown;
  int steps_ = 0;
  double evaluations_ = 0;
  bool started_ = false;
};

}  // namespace nonconvex
