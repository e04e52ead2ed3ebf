// Fractional programs by coordinate descent with exact one-dimensional solutions.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/run.hpp"
#include "solvers/fractional/coordinate_descent.hpp"
#include "solvers/fractional/data.hpp"
#include "solvers/fractional/problem.hpp"
#include "solvers/fractional/starts.hpp"

namespace nonconvex {

/// What a ratio that is aborted while its data are read is taken for: the given start, or the point next to 0 within
/// the bounds, of which nothing is known.
class FractionalUnbuilt {
 public:
  /// Whether there are so many numbers that it takes long to read them.
  static bool pays(const FractionalProblem& problem);

  FractionalUnbuilt(const FractionalProblem& problem, const FractionalSettings& settings);

  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step() { return Status::stalled; }
  Progress progress() const { return {}; }
  FractionalSolution solution() const { return solution_; }

 private:
  FractionalSolution solution_;
};

/// minimise (f(x) + h(x)) / g(x), f smooth and convex, h convex and separable, g positive, convex or concave.
///
/// G. Yuan, "Coordinate Descent Methods for Fractional Minimization", ICML 2023, Algorithm 1: one coordinate after the
/// other takes the global minimum of the ratio along it (FCD) or of numerator - F(x) denominator (PCD). The limit
/// cannot be improved by any single coordinate, which is more than a critical point is. New here: an exact step along
/// the ray through x after each sweep, a start at the minimiser of the numerator, active sets, several starts at once.
///
/// Coordinates come one after the other, so this solver runs on the CPU; the starts are shared out over the workers.
template <class La>
class FractionalSolver {
 public:
  using Unbuilt = FractionalUnbuilt;

  FractionalSolver(const La& la, const FractionalProblem& problem, const FractionalSettings& settings)
      : la_(la), settings_(settings), data_(la, problem, settings) {
    const std::vector<std::vector<double>> starts = fractionalStarts(la, data_, settings);
    descents_.resize(starts.size());
    la.tasks(static_cast<int>(starts.size()), [&](int k) {
      const auto at = static_cast<std::size_t>(k);
      if (at > 0 && la.ending()) return;
      descents_[at] = std::make_unique<CoordinateDescent>(data_, settings_, static_cast<std::uint32_t>(k) + 1);
      descents_[at]->begin(starts[at].data());
    });
    std::erase(descents_, nullptr);
  }

  void start() {
    CoordinateDescent& first = *descents_.front();
    if (settings_.lassoStart && data_.start.empty() && !data_.l1.empty()) lassoStart(first);
    forLanes([&](CoordinateDescent& descent) {
      if (settings_.radialStep && !data_.scaleInvariant) descent.radialStep();
    });
  }

  std::optional<Status> step() {
    forLanes([&](CoordinateDescent& descent) {
      if (!descent.converged()) descent.sweep(la_);
    });
    for (const auto& descent : descents_) {
      if (descent->unbounded()) return Status::unbounded;
    }
    return std::nullopt;
  }

  Progress progress() const {
    Progress now;
    now.objective = best().objective();
    double residual = 0;
    for (const auto& descent : descents_) residual = std::max(residual, descent->residual());
    if (!std::isinf(residual)) now.residual = residual;  // infinite: no sweep yet
    return now;
  }

  FractionalSolution solution() const {
    FractionalSolution s;
    const CoordinateDescent& descent = best();
    s.x = descent.x();
    s.numerator = descent.numerator();
    s.denominator = descent.denominator();
    s.method = data_.parametric ? FractionalMethod::pcd : FractionalMethod::fcd;
    s.global = data_.global;
    for (const auto& each : descents_) {
      s.starts.push_back({each->objective(), each->sweeps(), each->updates(), each->residual()});
      s.updates += each->updates();
    }
    return s;
  }

 private:
  template <class F>
  void forLanes(F&& f) {
    la_.tasks(static_cast<int>(descents_.size()), [&](int k) {
      la_.checkpoint();
      f(*descents_[static_cast<std::size_t>(k)]);
    });
  }

  /// Begins where the numerator is least, unless the ratio is better at the start there is or the denominator zero.
  void lassoStart(CoordinateDescent& descent) {
    auto trial = std::make_unique<CoordinateDescent>(data_, settings_, 0);
    trial->begin(data_.clamped(std::vector<double>(static_cast<std::size_t>(data_.n))).data());
    trial->minimizeNumerator(la_);
    const double g = trial->denominator();
    if (g > 0 && std::isfinite(g) && trial->objective() <= descent.objective()) descent.begin(trial->x().data());
  }

  const CoordinateDescent& best() const {
    const auto worse = [](const auto& a, const auto& b) {
      return std::isnan(b->objective()) || a->objective() < b->objective();
    };
    return **std::min_element(descents_.begin(), descents_.end(), worse);
  }

  const La& la_;
  FractionalSettings settings_;
  FractionalData data_;
  std::vector<std::unique_ptr<CoordinateDescent>> descents_;
};

}  // namespace nonconvex
