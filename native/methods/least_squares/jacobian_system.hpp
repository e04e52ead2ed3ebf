// The Jacobian of a least-squares problem with the steps that it gives.
#pragma once

#include <memory>
#include <span>

#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"
#include "linalg/views.hpp"
#include "problems/residuals.hpp"

namespace nonconvex {

/// J at a point, with rows weighed, the Hessian of the problem there, and steps in some of the variables, which are
/// `free`, in units of theirs: q_c = units_j p_j of the c-th free variable j.
class JacobianSystem {
 public:
  virtual ~JacobianSystem() = default;

  /// Takes J at the function's point. Returns false where an entry is not finite.
  virtual bool read(Residuals& function) = 0;
  /// Multiplies each row by its weight.
  virtual void weigh(In weights) = 0;

  /// Returns true if J is not kept as a dense matrix.
  virtual bool isSparse() const = 0;

  /// out = J^T v
  virtual void transposedProduct(In v, Out out) const = 0;
  /// out += J v
  virtual void addProduct(In v, Out out) const = 0;
  /// Writes the norms of columns, and in `sizes` |J| |x|.
  virtual void measure(In x, Out norms, Out sizes) const = 0;

  /// Writes J^T W^2 J, W diagonal with `weights`.
  virtual void weighedSquare(In weights, Mat<double> out) const = 0;

  /// Takes H = sum_i weights_i Hess r_i + J^T B J at the function's point, B diagonal with `bends`, or I where that is
  /// empty. Returns false where second derivatives are not known or not finite.
  virtual bool readCurvature(Residuals& function, In weights, In bends) = 0;
  /// out += H v
  virtual void addHessianProduct(In v, Out out) const = 0;
  /// Returns true if H + shift units^2 is positive definite on the free variables.
  virtual bool isPositive(std::span<const int> free, In units, double shift) = 0;

  /// Factors J in the free variables, beside r, which may be overwritten.
  virtual void factor(std::span<const int> free, In units, Out r) = 0;
  /// Writes a direction of length 1 in scaled free variables along which J does not change r, if there is one. Returns
  /// false if the columns that `factor` took do not depend on each other.
  virtual bool nullVector(Out v) = 0;
  /// The norm of the part of r that linear steps can take away.
  virtual double explained() = 0;
  /// Sets q, the least |J p + r| with |q| <= radius, nearly, and returns lambda of (J^T J + lambda units^2) p = -J^T r.
  virtual double solve(double radius, Out q) = 0;
  /// Does the same with H and the scaled gradient g instead of J^T J and J^T r.
  virtual double solveCurved(std::span<const int> free, In units, In g, double radius, Out q) = 0;
  /// a = -M^-1 b in scaled variables, M the matrix of the last `solve` or `solveCurved`; false where that is singular.
  virtual bool correct(In b, Out a) = 0;
};

/// Orthogonal factors of a dense J.
std::unique_ptr<JacobianSystem> denseJacobian(int rows, int columns);

/// L D L^T of [H + lambda units^2, J^T; J, -1] for a J whose pattern the function knows. `la` and the patterns must
/// outlive it.
std::unique_ptr<JacobianSystem> sparseJacobian(const Cpu& la, const Residuals& function);

/// The dense form, or the sparse one where it pays: of functions with a sparse pattern and many variables.
std::unique_ptr<JacobianSystem> jacobianFor(const Cpu& la, const Residuals& function);

}  // namespace nonconvex
