// The behaviour of an objective along a ray, as far as numbers go.
#pragma once

#include <span>

#include "core/proof.hpp"
#include "methods/globalization/feasible_set.hpp"

namespace nonconvex {

/// How f falls along a ray.
enum class Fall {
  ends,            ///< it rises or stays, no feasible point is there, or rounding hides what it does
  forEver,         ///< f falls by no less each time that the distance is a hundred times larger: no lower bound
  towardsInfimum,  ///< f falls by less and less
};

/// Follows f along rays of feasible points: each point is projected on the bounds and brought back to the sides of c.
class FallingRay {
 public:
  /// `box`: bounds of x that replace those of the problem unless they are empty.
  FallingRay(const Cpu& la, ScaledNlp& model, NlpBounds box);

  /// Looks at x + t d for t = ||x||, 100 ||x||, ... until a number is not finite or rounding hides by how much f falls.
  /// It has to fall all the way, over eight decades at least or below all numbers. Throws Interrupted where the solve
  /// is to end.
  Fall follow(std::span<const double> x, std::span<const double> d);
  /// The points that were followed last: a ray, or where bounds and sides have moved them off it, a curve.
  Proof proof();

 private:
  struct Tuning;
  enum class Step { falls, rises, belowAll, outOfRange };

  void keep(double t);
  bool beginsAtBounds(Proof& ray);
  bool isStraight(const Proof& ray) const;
  Step step(double t, std::span<const double> d);
  bool place(double t, std::span<const double> d);

  const Cpu& la_;
  ScaledNlp& model_;
  FeasibleSet feasible_;
  NlpPoint begin_;
  NlpPoint point_;
  Vector before_, earlier_;  // the last two points of the ray
  Vector points_;            // the points of the ray, up to a number
  double first_ = 0;         // f at the first of these points
  double farthest_ = 0;      // t of the last of these points
  double last_ = unknown;
  double fallen_ = 0;  // fall of f by the last step; 0 before the first step
  double rate_ = 1;    // fall by the last step divided by the fall before
};

}  // namespace nonconvex
