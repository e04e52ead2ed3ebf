// Residuals without the variables in which they are affine.
#pragma once

#include <span>
#include <vector>

#include "linalg/sparse/pattern.hpp"
#include "linalg/vectors.hpp"
#include "problems/residuals.hpp"

namespace nonconvex {

/// Variables in which all residuals are affine together, those with the fewest partners first: no two of them, nor one
/// with itself, have an entry in the pattern of second derivatives.
std::vector<int> jointlyAffine(const SparsePattern& lowerTriangle);

/// r(a) = min over b of |r(a, b)| at its minimiser b(a), where r is affine in b: a least-squares problem in fewer
/// variables, which needs no start of b. Its Jacobian is (I - Q Q^T) J_a, Q an orthonormal basis of the columns of J_b,
/// which leaves out a part that is small with the residuals.
///
/// G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
/// variables separate", 1973. L. Kaufman, "A variable projection method for solving separable nonlinear least squares
/// problems", BIT 15, 1975.
class ProjectedResiduals final : public Residuals {
 public:
  /// `whole` must outlive this. `affine`: the variables b, increasing.
  ProjectedResiduals(Residuals& whole, std::span<const int> affine);

  int variables() const override { return static_cast<int>(others_.size()); }
  int residuals() const override { return whole_.residuals(); }
  bool values(In a, Out r) override;
  void moveTo(In a) override;
  bool jacobian(Mat<double> J) override;
  bool along(In p, Out out) override;
  bool curvature(In, Mat<double>) override { return false; }

  /// Sets the point at which b begins, which matters for rounding alone.
  void begin(In x) { x_.assign(x.begin(), x.end()); }
  /// The part a of all variables.
  Vector others(In x) const;
  /// All variables at the last point.
  In point() const { return x_; }

 private:
  void orthonormalize();
  void project(Out v, Out coefficients) const;
  void solve(Out coefficients) const;

  Residuals& whole_;
  std::vector<int> affine_, others_;
  Vector x_, r_, direction_;
  HostMatrix<double> J_, Q_;
  HostMatrix<double> R_;  ///< J_b = Q R
  Vector coefficients_;
};

}  // namespace nonconvex
