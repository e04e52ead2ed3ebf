// A smooth function of n numbers, as a part of a problem.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "data/gram_factor.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

class Cpu;

/// About the operations of an evaluation of f with its gradient, and of its Hessian; 0: not known.
struct EvaluationWork {
  double gradient = 0;
  double hessian = 0;

  /// Of an iteration: a Hessian serves for about three of them.
  double iteration() const { return gradient + hessian / 3; }
};

/// f at one point at a time: `moveTo(x)`, then any of the others, which may share work; as an Nlp has it.
class Objective {
 public:
  virtual ~Objective() = default;

  virtual int variables() const = 0;
  /// Columns of the lower triangle of the Hessian.
  virtual const SparsePattern& hessianPattern() const = 0;
  /// Whether it is known to be convex.
  virtual bool convex() const { return false; }
  /// Lends threads, until told otherwise.
  virtual void runOn(const Cpu& la) = 0;

  /// Keeps a copy of x.
  virtual void moveTo(std::span<const double> x) = 0;
  virtual double value() = 0;
  virtual void gradient(std::span<double> g) = 0;
  /// The largest entry of its gradient at a point where that is of the usual size, which this one need not be; infinity
  /// where there is no telling.
  virtual double typicalGradient() { return std::numeric_limits<double>::infinity(); }
  /// Values of sigma times the Hessian in the order of the pattern.
  virtual void hessian(double sigma, std::span<double> values) = 0;
  /// The same of an earlier point, where that is known to be within about `accuracy` of the one here, relative to it,
  /// and that is worth it; false where there is none.
  virtual bool laggedHessian(double /*accuracy*/, double /*sigma*/, std::span<double> /*values*/) { return false; }
  /// The same of a lower bound of the Hessian, near it and much cheaper; false where there is none.
  virtual bool hessianLowerBound(double /*sigma*/, std::span<double> /*values*/) { return false; }
  /// out = sigma times the Hessian times v
  virtual void hessianProduct(double sigma, std::span<const double> v, std::span<double> out) = 0;
  /// What evaluations take.
  virtual EvaluationWork work() const { return {}; }
  /// An estimate of it from a part of its data, cheaper by a factor of some size; null where that would not be worth it
  /// if each iteration takes `overhead` operations anyway.
  virtual std::unique_ptr<Objective> sample(double /*overhead*/) const { return nullptr; }
  /// The Hessian less a diagonal matrix, sigma times which is `rest`, where it is a Gram matrix.
  virtual std::optional<GramFactor> gramFactor(double /*sigma*/, std::span<double> /*rest*/) { return std::nullopt; }
};

}  // namespace nonconvex
