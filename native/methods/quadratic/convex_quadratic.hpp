// Convex quadratic programs, sparse: the problem, its residuals and its dual bound.
#pragma once

#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// A sparse matrix of a fixed pattern, by rows or by columns as its owner says.
struct PatternedMatrix {
  SparsePattern pattern;
  std::vector<double> values;
};

/// min 1/2 x^T Q x + c^T x subject to atLeast <= G x <= atMost, lower <= x <= upper, Q positive semidefinite. Sides may
/// be infinite; a row or a variable whose sides are equal is an equation.
struct ConvexQuadratic {
  PatternedMatrix q;  ///< the lower triangle of Q by columns
  std::vector<double> c;
  PatternedMatrix g;  ///< rows of G
  std::vector<double> atLeast, atMost;
  std::vector<double> lower, upper;

  int variables() const { return static_cast<int>(c.size()); }
  int rows() const { return static_cast<int>(atLeast.size()); }
};

/// A point with signed multipliers: Q x + c + G^T y + z = 0, y > 0 where G x = atMost, y < 0 where G x = atLeast, and z
/// alike for bounds.
struct QuadraticPoint {
  std::vector<double> x, y, z;
};

/// What is missing at a point, absolute, in units as given.
struct QuadraticErrors {
  double violation = 0;  ///< largest violation of a row or a bound
  double gradient = 0;   ///< largest entry of Q x + c + G^T y + z, and of multipliers of sides that are not there
  double gap = 0;        ///< |x^T Q x + c^T x + sum of multipliers times their sides|
  double gapTerms = 0;   ///< sum of the sizes of the terms that the gap is what is left of
  double objective = 0;
  /// Rounding of the largest sum that a violation, or an entry of the gradient, is what is left of.
  double violationRounding = 0, gradientRounding = 0;
  double complementarity = 0;  ///< largest product of a multiplier and the distance from its side, beyond rounding
  double sumOfMultipliers = 0, sumOfSides = 0;  ///< |multipliers|, of all and of those that equations do not have
  int sides = 0;                                ///< finite sides of inequalities and bounds

  /// The largest of the three, the gap beside 1 + |objective|.
  double worst() const;
  /// Returns true if rounding explains all of them.
  bool areRounding(double ofGap = 1e-14) const;
};

/// out := Q v
void multiplyHessian(const ConvexQuadratic& problem, std::span<const double> v, std::span<double> out);
/// out := G v
void multiplyRows(const ConvexQuadratic& problem, std::span<const double> v, std::span<double> out);
/// out := Q x + c + G^T y, each entry summed in twice the precision
void preciseGradient(const ConvexQuadratic& problem, const QuadraticPoint& point, std::span<double> out);

/// out := sides - G x, each entry summed in twice the precision
void preciseSlacks(const ConvexQuadratic& problem, std::span<const double> x, std::span<const double> sides,
                   std::span<double> out);

/// x^T Q x + c^T x + sum of multipliers times their sides, summed in twice the precision
double preciseGap(const ConvexQuadratic& problem, const QuadraticPoint& point);

/// Moves x between its bounds, along the slope of the gap, by what makes the gap vanish: where multipliers are large,
/// or many, rounding of x leaves a gap. Returns the gap that is left.
double closeGap(const ConvexQuadratic& problem, QuadraticPoint& point);

/// out += G^T v
void addTransposed(const ConvexQuadratic& problem, std::span<const double> v, std::span<double> out);

QuadraticErrors errorsOf(const ConvexQuadratic& problem, const QuadraticPoint& point);

/// The point with the smallest errors of those that were offered.
class BestQuadraticPoint {
 public:
  explicit BestQuadraticPoint(const ConvexQuadratic& problem) : problem_(&problem) {}

  /// Forgets all points, as the numbers of the problem have changed.
  void forget() { worst_ = infinity; }
  /// Takes a point instead of the best one.
  void replace(const QuadraticPoint& point) { keep(errorsOf(*problem_, point), point); }
  /// Keeps the point if its errors are the smallest so far; returns its errors.
  QuadraticErrors offer(const QuadraticPoint& point);
  /// Offers a point and, near a solution, that whose bounds have what is missing of the gradient as multipliers.
  QuadraticErrors offerBoth(QuadraticPoint& point);
  /// Offers a point that meets its active sides exactly: it is kept as well if rounding explains its errors.
  void offerPolished(QuadraticPoint& point);

  const QuadraticPoint& point() const { return point_; }
  const QuadraticErrors& errors() const { return errors_; }
  double worst() const { return worst_; }

 private:
  void keep(const QuadraticErrors& errors, const QuadraticPoint& point);

  const ConvexQuadratic* problem_;
  QuadraticPoint point_;
  QuadraticErrors errors_;
  double worst_ = infinity;
};

}  // namespace nonconvex
