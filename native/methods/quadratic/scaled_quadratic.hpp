// Convex quadratic programs whose columns, rows and costs have about the size 1.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "methods/quadratic/convex_quadratic.hpp"

namespace nonconvex {

/// The program of x / columns with rows times `rows` and the objective times `cost`: [Q G^T; G 0] has rows whose
/// largest entries are near 1 (D. Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices",
/// 2001), and the largest entry of Q and c is about 1. All factors are powers of two, so that nothing is rounded.
struct ScaledQuadratic {
  /// `problem` must outlive this.
  ScaledQuadratic(const Cpu& la, const ConvexQuadratic& problem);

  /// Takes over c, bounds and sides of the program as given, in the units that there are.
  void takeVectors();
  /// The point of the program as given, within its bounds.
  void unscale(const QuadraticPoint& point, QuadraticPoint& to) const;
  /// The scaled point of one of the program as given.
  void scale(const QuadraticPoint& point, QuadraticPoint& to) const;

  const ConvexQuadratic& given;
  ConvexQuadratic program;
  std::vector<double> columns, rows;
  double cost = 1;
};

}  // namespace nonconvex
