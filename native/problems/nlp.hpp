// What a solver of  min f(x) subject to c(x) = 0  asks of a problem, wherever that comes from: an expression model, an
// AMPL .nl file, callbacks, or a family with kernels of its own.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "data/gram_factor.hpp"
#include "linalg/sparse/pattern.hpp"
#include "problems/objective.hpp"

namespace nonconvex {

class Cpu;

/// f and c at one point at a time: `moveTo(x)`, then any of the others, which may share work. Values may be NaN or
/// infinite where a function is not defined; that is the caller's to notice. The Lagrangian is sigma f + lambda^T c.
class Nlp {
 public:
  virtual ~Nlp() = default;

  virtual int variables() const = 0;    ///< n
  virtual int constraints() const = 0;  ///< m

  /// Rows of the Jacobian of c, m x n.
  virtual const SparsePattern& jacobianPattern() const = 0;
  /// Columns of the lower triangle of the Hessian of the Lagrangian, n x n, diagonal included where it is not zero.
  virtual const SparsePattern& hessianPattern() const = 0;

  /// Whether all constraints are known to be linear: then H does not depend on lambda.
  virtual bool linearConstraints() const { return false; }
  /// Whether the objective is known to be convex: then it lies above its tangents.
  virtual bool convexObjective() const { return false; }

  /// Lends threads to kernels that can use them, until told otherwise.
  virtual void runOn(const Cpu& /*la*/) {}

  /// Keeps a copy of x.
  virtual void moveTo(std::span<const double> x) = 0;
  virtual double objective() = 0;
  virtual void gradient(std::span<double> g) = 0;
  /// The largest entry of the gradient of f at a point where that is of the usual size, which this one need not be;
  /// infinity where there is no telling.
  virtual double typicalGradient() { return std::numeric_limits<double>::infinity(); }
  virtual void constraintValues(std::span<double> c) = 0;
  /// Values in the order of `jacobianPattern`.
  virtual void jacobian(std::span<double> values) = 0;
  /// Values of sigma Hess f + sum_i lambda_i Hess c_i in the order of `hessianPattern`.
  virtual void hessian(double sigma, std::span<const double> lambda, std::span<double> values) = 0;

  /// The same with the Hessian of f at an earlier point, where that is known to be within about `accuracy` of the one
  /// here, relative to it, and that is worth it; false where there is none.
  virtual bool laggedHessian(double /*accuracy*/, double /*sigma*/, std::span<const double> /*lambda*/,
                             std::span<double> /*values*/) {
    return false;
  }

  /// The same with a lower bound of the Hessian of f, as the order of matrices is, near it and much cheaper; false
  /// where there is none.
  virtual bool hessianLowerBound(double /*sigma*/, std::span<const double> /*lambda*/, std::span<double> /*values*/) {
    return false;
  }

  // Operator forms, out of size m, n and n.
  virtual void jacobianProduct(std::span<const double> v, std::span<double> out) = 0;
  virtual void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) = 0;
  virtual void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                              std::span<double> out) = 0;

  /// What evaluations of f take.
  virtual EvaluationWork work() const { return {}; }
  /// The same constraints with another objective, to be used in turn with this one, which is to be moved again
  /// afterwards; null where they are not apart.
  virtual std::shared_ptr<Nlp> withObjective(std::unique_ptr<Objective> /*objective*/) const { return nullptr; }
  /// A problem with the same constraints whose objective is an estimate from a part of the data, cheaper by a factor of
  /// some size; null where there is none, or it would not be worth it if each iteration takes `overhead` operations
  /// anyway. To be used in turn with this one, which is to be moved again afterwards.
  virtual std::shared_ptr<Nlp> sample(double /*overhead*/) const { return nullptr; }

  /// The Hessian of the objective less a diagonal matrix, where that is a Gram matrix; its diagonal and that of
  /// sum_i lambda_i Hess c_i, both scaled as in `hessian`, are `rest`. Valid until the next `moveTo`.
  virtual std::optional<GramFactor> gramFactor(double /*sigma*/, std::span<const double> /*lambda*/,
                                               std::span<double> /*rest*/) {
    return std::nullopt;
  }
};

}  // namespace nonconvex
