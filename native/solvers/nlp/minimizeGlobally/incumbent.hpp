// Admissible points of a program: checks, and local solutions within a box.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/interval.hpp"
#include "core/reduced_inertia.hpp"
#include "expressions/program.hpp"
#include "linalg/cpu.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

/// What a local solution knows of its point, with the signs of NlpSolution.
struct LocalFacts {
  std::vector<double> multipliers, lowerMultipliers, upperMultipliers;
  ReducedInertia inertia;
  bool polished = false;
};

/// An admissible point.
struct GlobalPoint {
  std::vector<double> x;
  double objective = infinity;
  double feasibility = 0;           ///< largest violation of constraints as given
  std::vector<double> multipliers;  ///< the signs are those of StationaryPoint; empty: none is known

  bool known() const { return !x.empty(); }
};

/// Looks for admissible points with one evaluator, on one thread at a time.
class PointSearch {
 public:
  /// `la`, `integers` and the bounds must outlive this; `nlp` is evaluated here alone.
  PointSearch(const Cpu& la, std::shared_ptr<Program> nlp, std::span<const char> integer,
              std::span<const Interval> constraints);

  /// The point with integers rounded, if its objective is finite and its constraints hold to 1e-8 max(1, |side|).
  std::optional<GlobalPoint> check(std::span<const double> x, std::span<const Interval> bounds);
  /// The local minimum near x within the box, integers fixed at rounded values; none where the method finds none.
  std::optional<GlobalPoint> descend(std::span<const double> x, std::span<const Interval> box);
  /// What the last descent knows of the point that it has found.
  const LocalFacts& facts() const { return facts_; }
  int solves() const { return solves_; }
  /// Returns true if a local solution has followed admissible points along which the objective falls for ever.
  bool unbounded() const { return unbounded_; }

 private:
  struct Tuning {
    static constexpr double feasible = 1e-8;   ///< rounding: violations of constraints, relative to their sides
    static constexpr double tolerance = 1e-9;  ///< rounding: of local solutions, whose polish is more exact
    static constexpr int iterations = 200;     ///< safeguard: iterations of one local solution
  };

  const Cpu& la_;
  std::shared_ptr<Program> nlp_;
  std::span<const char> integer_;
  std::span<const Interval> constraints_;
  std::vector<double> c_;
  LocalFacts facts_;
  int solves_ = 0;
  bool unbounded_ = false;
};

}  // namespace nonconvex
