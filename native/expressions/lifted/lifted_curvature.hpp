// Which columns of a lifted program are convex functions of the variables.
#pragma once

#include <span>
#include <vector>

#include "expressions/lifted/lifted_derivatives.hpp"
#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// Curvature of the columns over a box, by rules of composition (M. Grant, S. Boyd, Y. Ye, "Disciplined convex
/// programming", 2006), and for sums of exponentials by that of their logarithm. All that the rules ask of numbers is
/// asked of intervals that contain them, so that what they say is so in exact arithmetic.
class LiftedCurvature {
 public:
  /// `values` were evaluated over the box; nothing is kept of either.
  LiftedCurvature(const LiftedProgram& program, const LiftedDerivatives& values);

  /// Returns true if a sum of columns with weights among these is proved to be convex.
  bool isConvex(std::span<const Interval> weights) const;

 private:
  /// What is known of a column; an affine one is convex and concave.
  struct Shape {
    bool convex = false, concave = false;
    bool logConvex = false;  ///< it is positive, and its logarithm is convex
  };

  Shape ofRow(const LiftedProgram& program, const LiftedRow& row) const;
  Shape ofFunction(const LiftedAtom& atom, Interval range) const;
  const Shape& of(int column) const { return shapes_[static_cast<std::size_t>(column)]; }
  bool isAffine(int column) const { return of(column).convex && of(column).concave; }

  std::vector<Shape> shapes_;
};

}  // namespace nonconvex
