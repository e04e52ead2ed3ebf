// Fractional programs by coordinate descent with exact one-dimensional solutions.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/run.hpp"
#include "solvers/fractional/data.hpp"
#include "solvers/fractional/problem.hpp"

namespace nonconvex {

class CoordinateDescent;

/// The answer for a ratio that is aborted while its data are read: the given start, or the point next to 0 within
/// the bounds, of which nothing is known.
class FractionalUnbuilt {
 public:
  /// Returns true if reading the numbers takes long.
  static bool pays(const FractionalProblem& problem);

  FractionalUnbuilt(const FractionalProblem& problem, const FractionalSettings& settings);

  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step() { return Status::stalled; }
  Progress progress() const { return {}; }
  FractionalSolution solution() const;

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
class FractionalSolver {
 public:
  using Unbuilt = FractionalUnbuilt;

  FractionalSolver(const Cpu& la, const FractionalProblem& problem, const FractionalSettings& settings);
  ~FractionalSolver();

  void start();
  std::optional<Status> step();
  Progress progress() const;
  FractionalSolution solution() const;

 private:
  void forLanes(const std::function<void(CoordinateDescent&)>& f);
  void lassoStart(CoordinateDescent& descent);
  bool shared() const;
  std::size_t best() const;
  double bestObjective() const;
  bool isBestOfAll() const;
  void gather(FractionalSolution& s) const;

  const Cpu& la_;
  FractionalSettings settings_;
  FractionalData data_;
  std::shared_ptr<Ranks> ranks_;
  int starts_ = 0;                                            // starts of all ranks
  std::vector<std::unique_ptr<CoordinateDescent>> descents_;  // descents of the starts of this rank
  std::vector<int> numbers_;                                  // numbers of these starts
};

}  // namespace nonconvex
