// Small dense strictly convex quadratic programs, by the active set of their dual.
#pragma once

#include <vector>

#include "linalg/views.hpp"
#include "methods/quadratic/bounded_quadratic.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// minimise 1/2 x^T H x + c^T x subject to rowLower <= A x <= rowUpper, lower <= x <= upper. Sides may be infinite;
/// equal sides make an equation. Bounds that are not given are infinite.
struct QuadraticProgram {
  Mat<const double> H;  ///< n x n, both triangles, positive definite
  In c;
  Mat<const double> A;  ///< m x n; no rows where there are no constraints
  In rowLower, rowUpper;
  In lower, upper;
};

/// Solves small quadratic programs one after the other, each from the active set of the last one, which may have been
/// another problem of the same shape. With H = L L^T and one-sided rows a_k x >= b_k, x = -H^-1 c + H^-1 A^T y, where y
/// minimises 1/2 y^T (A H^-1 A^T) y - (b + A H^-1 c)^T y over y >= 0, the multipliers of equations being free: a
/// BoundedQuadratic, whose point violates the rows that no point can meet together. Solves allocate nothing.
///
/// D. Goldfarb, A. Idnani, "A numerically stable dual method for solving strictly convex quadratic programs", Math.
/// Programming 27, 1983, for the dual and its active sets.
class DualActiveSet {
 public:
  /// Room for problems of up to n variables and m rows.
  DualActiveSet(int n, int m);

  /// `infeasible`: no point meets all rows and bounds; `singular`: H is not positive definite.
  QuadraticEnd solve(const QuadraticProgram& problem);
  /// Solves a problem with H and A of the last call, whose factors are kept, unless other sides are finite now.
  QuadraticEnd solveAgain(const QuadraticProgram& problem);

  /// The point that was found last.
  In x() const { return {x_.data(), n_}; }
  /// Multipliers y of the rows, positive at a lower side: H x + c = A^T y + z.
  In multipliers() const { return {rowMultipliers_.data(), rows_}; }
  /// Multipliers z of the bounds.
  In boundMultipliers() const { return {boundMultipliers_.data(), n_}; }
  int steps() const { return dual_.steps(); }

 private:
  struct Tuning;
  /// One side of a row of A, or of the variable `index` - m.
  struct Side {
    int index;
    double sign;  ///< 1: a lower side
    double at;    ///< sign times the side
    double length = 1;
    bool equation;
    bool empty = false;  ///< the row has zeros alone
  };

  QuadraticEnd solveSides(const QuadraticProgram& problem);
  bool takeSides(const QuadraticProgram& problem);
  void listSides(const QuadraticProgram& problem);
  void addSides(int index, double lower, double upper);
  void writeStart(const QuadraticProgram& problem);
  void writeNormals(const QuadraticProgram& problem);
  bool scaleNormals();
  void writeGram();
  void writePoint();
  double worstViolation(const QuadraticProgram& problem) const;

  BoundedQuadratic dual_;
  HostMatrix<double> factor_, normals_, gram_;  // L; L^-1 A^T of the sides, of unit length; their products
  std::vector<Side> sides_, before_;
  bool factored_ = false;  // factor_, normals_, gram_ and lengths of the sides belong to the last problem
  std::vector<double> x_, start_, missing_, y_, lower_, upper_, rowMultipliers_, boundMultipliers_;
  std::vector<double> products_;  // A times the start
  std::size_t n_ = 0, rows_ = 0;
};

}  // namespace nonconvex
