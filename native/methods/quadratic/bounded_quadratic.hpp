// Small dense convex quadratics under bounds, by an active set.
#pragma once

#include <vector>

#include "linalg/views.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// How a quadratic program ended. `singular`: G is not positive definite on the variables between their bounds.
enum class QuadraticEnd { solved, singular, infeasible, stepLimit };

struct BoundedQuadraticProblem {
  Mat<const double> G;  ///< m x m, symmetric, both triangles, positive definite where bounds leave it free
  In r;
  In lower, upper;      ///< infinite for entries without a bound
  double ridge = 0;     ///< times the free variables: added to G's diagonal, against dependent variables
  double accuracy = 0;  ///< slopes at bounds up to it count as zero
};

/// Minimises 1/2 x^T G x - r^T x subject to lower <= x <= upper: the free variables are solved for, the ones that would
/// pass a bound stop there, and the variable at a bound with the largest slope inwards is freed, one at a time. Begins
/// at the x that is given, whose entries between their bounds are free, so that a problem near the last one takes a few
/// steps. Steps allocate nothing.
///
/// C. L. Lawson, R. J. Hanson, "Solving least squares problems", 1974, chapter 23, for x >= 0. P. B. Stark, R. L.
/// Parker, "Bounded-variable least squares", Computational Statistics 10, 1995.
class BoundedQuadratic {
 public:
  /// `most`: variables of the largest problem.
  explicit BoundedQuadratic(int most);

  /// Moves x to the minimiser.
  QuadraticEnd solve(const BoundedQuadraticProblem& problem, Out x);

  /// Variables that were freed in the last solve.
  int steps() const { return steps_; }

 private:
  enum class Inside { all, nothing, singular };

  void begin(const BoundedQuadraticProblem& problem, Out x);
  Inside solveOnFree(const BoundedQuadraticProblem& problem, Out x);
  void stepToBound(const BoundedQuadraticProblem& problem, Out x);
  int mostWanted(const BoundedQuadraticProblem& problem, In x);

  HostMatrix<double> factor_;
  std::vector<double> trial_, slopes_;
  std::vector<int> list_;  // the free variables
  std::vector<char> free_;
  std::vector<char> refused_;  // went back to its bound at once: rounding decides about its slope
  int steps_ = 0;
};

}  // namespace nonconvex
