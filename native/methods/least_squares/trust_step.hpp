// The step of a least-squares model within a trust region.
#pragma once

#include <span>
#include <vector>

#include "linalg/vectors.hpp"
#include "linalg/views.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// min over q of |A q + r|^2 / 2 subject to |q| <= radius (nearly): q = -(A^T A + lambda I)^-1 A^T r, with lambda found
/// by Newton's method on 1 / |q(lambda)|, in factors Q R P^T = A, so that A^T A is never formed. `solveCurved` has
/// another symmetric matrix H for A^T A, which may be indefinite.
///
/// J. J. More, "The Levenberg-Marquardt algorithm: implementation and theory", Lecture Notes in Mathematics 630, 1978.
class TrustStep {
 public:
  /// A has at most `most` rows and columns of these numbers.
  TrustStep(int mostRows, int mostColumns);

  /// Factors A, which is overwritten, as r is by Q^T r.
  void factor(Mat<double> A, Out r);
  /// Columns that do not depend on others, up to rounding.
  int rank() const { return rank_; }
  /// |Q^T r| over the range of A: the part of r that linear steps can take away.
  double explained() const { return explained_; }
  /// A vector of the null space of A, of length 1: the direction that the columns do not determine. Needs rank() <
  /// columns.
  void nullVector(Out v) const;

  /// Sets q and returns lambda.
  double solve(double radius, Out q);
  double solveCurved(Mat<const double> H, In g, double radius, Out q);
  /// Returns true if H + shift I is positive definite.
  bool isPositive(Mat<const double> H, double shift);
  /// a = -(A^T A + lambda I)^-1 b of the last solve; false where that matrix is singular.
  bool correct(In b, Out a);

 private:
  struct Tuning {
    double enough = 0.1;  ///< published: |q| may differ from the radius by this share (More 1978)
    int rounds = 12;      ///< safeguard: values of lambda for one step
    double least = 1e-3;  ///< safeguard: share of the upper bound that lambda restarts at
  };

  void damped(double lambda);
  bool cholesky(Mat<const double> H, In g, double lambda);
  void backSubstitute(int k, Out v) const;
  void forwardSubstitute(In v, Out w) const;
  double behind(In v);
  void unpermute(In v, Out q) const;
  template <class Factor>
  double search(double radius, double low, double high, double lambda, Out q, Factor&& factor);

  int k_ = 0;  ///< columns
  int rank_ = 0;
  double explained_ = 0;
  HostMatrix<double> R_;       ///< R of A
  HostMatrix<double> damped_;  ///< R of (A; sqrt(lambda) I), with rows below for its computation
  Vector c_;                   ///< Q^T r
  Vector rhs_;                 ///< the right-hand side beside `damped_`
  Vector v_, w_;
  std::vector<int> order_, dampedOrder_;  ///< column j of R is column order[j] of A
  bool singular_ = false;                 ///< the matrix of the last solve is
};

}  // namespace nonconvex
