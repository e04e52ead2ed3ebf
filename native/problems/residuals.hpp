// Vectors of residuals, as methods of least squares ask for them.
#pragma once

#include "linalg/sparse/pattern.hpp"
#include "linalg/views.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// r(x), m numbers of n variables. One point at a time: `values(x, r)` or `moveTo(x)`, then the derivatives there.
class Residuals {
 public:
  virtual ~Residuals() = default;

  virtual int variables() const = 0;  ///< n
  virtual int residuals() const = 0;  ///< m

  /// Writes r(x). Returns false where an entry is not finite.
  virtual bool values(In x, Out r) = 0;
  /// Goes to a point whose r is not asked for.
  virtual void moveTo(In x) = 0;
  /// Writes J, m x n, at the point of now. Returns false where an entry is not finite.
  virtual bool jacobian(Mat<double> J) = 0;
  /// Writes r''(p, p), the second derivatives along p, at the point of now. Returns false where they are not
  /// known or not finite.
  virtual bool along(In p, Out out) = 0;
  /// Writes sum_i weights_i Hess r_i at the point of now, both triangles. Returns false where second
  /// derivatives are not known or not finite.
  virtual bool curvature(In weights, Mat<double> S) = 0;

  /// Rows of J; null where only dense matrices are known.
  virtual const SparsePattern* jacobianPattern() const { return nullptr; }
  /// Columns of the lower triangle of second derivatives; null where they are not known.
  virtual const SparsePattern* curvaturePattern() const { return nullptr; }
  // `jacobian` and `curvature` in the order of these patterns.
  virtual bool jacobianValues(Out) { return false; }
  virtual bool curvatureValues(In, Out) { return false; }
};

}  // namespace nonconvex
