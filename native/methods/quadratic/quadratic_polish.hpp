// The end of a method for convex quadratic programs: the active sides as equations.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/quadratic/quadratic_system.hpp"
#include "methods/quadratic/scaled_quadratic.hpp"

namespace nonconvex {

/// The side that a row or, behind the rows, a variable is at.
enum class ActiveSide : char { none, low, high };

/// Directions along which the active sides leave a point free: those with curvature, and those without. `weak`: a side
/// and its multiplier are both about 0.
struct QuadraticKind {
  int curved = 0, flat = 0;
  bool weak = false;
};

/// Solves with the active sides as equations, by the proximal method of multipliers. What it finds has the digits that
/// no interior point has.
class QuadraticPolish {
 public:
  /// All must outlive this.
  QuadraticPolish(const Cpu& la, const ScaledQuadratic& scaled, QuadraticSystem& system);

  /// Begins at a scaled point, and offers what it finds. A side whose multiplier has the wrong sign leaves the set, one
  /// that is missed joins it, and at most `rounds` sets are tried. Returns true if it has found the best point so far.
  bool run(const QuadraticPoint& from, std::vector<ActiveSide> active, BestQuadraticPoint& best,
           int rounds = Tuning::rounds);

  /// Keeps the active sides of a solution as given, for the next program.
  void remember(const QuadraticPoint& given) { last_ = activeAt(given); }
  /// The sides that were kept, which are forgotten then; empty: there are none.
  std::vector<ActiveSide> takeLast() { return std::exchange(last_, {}); }
  /// The largest of the shortest multipliers of rows, whatever their signs, beside the largest of those that a scaled
  /// point has; 1 where no others are in sight.
  double shortening(const QuadraticPoint& from, const std::vector<ActiveSide>& active);
  /// The sides that a point as given is at: it is nearer to them than their multipliers are large.
  std::vector<ActiveSide> activeAt(const QuadraticPoint& given);
  /// Curvature along what is active at a point as given.
  QuadraticKind kindOf(const QuadraticPoint& given);

 private:
  struct Tuning {
    static constexpr int rounds = 4;         ///< safeguard: active sets in turn
    static constexpr int steps = 8;          ///< safeguard: steps of the method of multipliers
    static constexpr int uneven = 2;         ///< safeguard: steps at first whose moves may grow
    static constexpr double still = 4e-16;   ///< rounding: moves, beside x or y, that end the steps
    static constexpr double shift = 1e-10;   ///< rounding: what its systems are shifted by
    static constexpr double missing = 1e-3;  ///< safeguard: share of the gradient that shortest multipliers may miss
    static constexpr double weak = 1e-6;     ///< safeguard: scaled distances and multipliers that count as 0
    static constexpr double flat = 1e-9;     ///< rounding: curvature, beside the largest, that counts as 0
  };

  /// The largest changes of x and y in a step.
  struct Moves {
    double x = infinity, y = infinity;
  };

  double low(std::size_t k) const;
  double high(std::size_t k) const;
  bool factor(double rho);
  bool solve();
  Moves step();
  bool changeActive();

  const Cpu& la_;
  const ScaledQuadratic& scaled_;
  const ConvexQuadratic& p_;
  QuadraticSystem& system_;
  std::size_t n_, m_;
  std::vector<ActiveSide> active_, last_;
  QuadraticPoint point_, trial_;
  std::vector<double> gradient_, rows_, sides_, right_, move_;
};

}  // namespace nonconvex
