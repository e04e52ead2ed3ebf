// A smooth function of n numbers, as a part of a problem.
#pragma once

#include <span>

#include "linalg/sparse/pattern.hpp"
#include "problems/abilities.hpp"

namespace nonconvex {

/// f at one point at a time: `moveTo(x)`, then any of the others, which may share work. Values may be NaN or infinite
/// where f is not defined.
class Objective : public Capable {
 public:
  virtual int variables() const = 0;
  /// Columns of the lower triangle of the Hessian.
  virtual const SparsePattern& hessianPattern() const = 0;
  /// Returns true if f is known to be convex.
  virtual bool convex() const { return false; }

  /// Keeps a copy of x.
  virtual void moveTo(std::span<const double> x) = 0;
  virtual double value() = 0;
  virtual void gradient(std::span<double> g) = 0;
  /// Values of sigma times the Hessian in the order of the pattern.
  virtual void hessian(double sigma, std::span<double> values) = 0;
  /// out = sigma times the Hessian times v
  virtual void hessianProduct(double sigma, std::span<const double> v, std::span<double> out) = 0;
};

}  // namespace nonconvex
