// The interface between methods and nonlinear programs, wherever these come from: an expression model, an AMPL .nl
// file, functions of the user, or a family with kernels of its own.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/sparse/pattern.hpp"
#include "problems/abilities.hpp"

namespace nonconvex {

class Cpu;

/// lower <= values <= upper, entry by entry; infinities where there is no bound.
struct NlpBounds {
  std::span<const double> lower, upper;

  bool empty() const { return lower.empty() && upper.empty(); }
};

/// Bound k, or `missing` if the list is empty; infinite from 1e19 on, which stands for no bound.
inline double boundAt(std::span<const double> bounds, std::size_t k, double missing) {
  constexpr double none = 1e19;
  const double bound = bounds.empty() ? missing : bounds[k];
  return bound >= none ? infinity : bound <= -none ? -infinity : bound;
}
/// All `count` bounds, each as `boundAt` has it.
inline std::vector<double> boundsOf(std::span<const double> bounds, std::size_t count, double missing) {
  std::vector<double> made(count);
  for (std::size_t k = 0; k < count; ++k) made[k] = boundAt(bounds, k, missing);
  return made;
}

/// Knowledge of a problem that needs no point; false: not known.
struct NlpFacts {
  bool linearConstraints = false;  ///< all constraints are linear: then H does not depend on lambda
  bool convexObjective = false;    ///< the objective lies above its tangents
  /// `hessian` writes another matrix than the Hessian, positive definite, so that it tells nothing of curvature.
  bool approximateHessian = false;
  /// `hessian` takes n products with it; where its pattern is empty, n being large, there are products alone.
  bool hessianByProducts = false;
};

/// min f(x)  subject to  xl <= x <= xu,  cl <= c(x) <= cu.
///
/// f and c at one point at a time: `moveTo(x)`, then any of the others, which may share work. Values may be NaN or
/// infinite where a function is not defined; that is the caller's to notice. The Lagrangian is sigma f + lambda^T c.
/// Abilities that only some problems have are in problems/abilities.hpp.
class Nlp : public Capable {
 public:
  virtual int variables() const = 0;    ///< n
  virtual int constraints() const = 0;  ///< m

  /// xl and xu; empty: x is free.
  virtual NlpBounds variableBounds() const { return {}; }
  /// cl and cu; empty: c(x) = 0.
  virtual NlpBounds constraintBounds() const { return {}; }
  virtual NlpFacts facts() const { return {}; }

  /// Rows of the Jacobian of c, m x n.
  virtual const SparsePattern& jacobianPattern() const = 0;
  /// Columns of the lower triangle of the Hessian of the Lagrangian, n x n, diagonal included where it is not zero.
  virtual const SparsePattern& hessianPattern() const = 0;

  /// Keeps a copy of x.
  virtual void moveTo(std::span<const double> x) = 0;
  virtual double objective() = 0;
  virtual void gradient(std::span<double> g) = 0;
  virtual void constraintValues(std::span<double> c) = 0;
  /// Values in the order of `jacobianPattern`.
  virtual void jacobian(std::span<double> values) = 0;
  /// Values of sigma Hess f + sum_i lambda_i Hess c_i in the order of `hessianPattern`.
  virtual void hessian(double sigma, std::span<const double> lambda, std::span<double> values) = 0;

  /// max |H_ij| of the values that `hessian` wrote last, NaN where one is: for problems that know it.
  virtual double largestOfHessian(std::span<const double> values) const;

  // Products with the Jacobian, its transpose and the Hessian; `out` has m, n and n entries.
  virtual void jacobianProduct(std::span<const double> v, std::span<double> out) = 0;
  virtual void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) = 0;
  virtual void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                              std::span<double> out) = 0;
};

/// Refuses, for a method that solves min f(x) subject to c(x) = 0 alone, a problem with bounds on x or with other
/// constraints: a RangeError that names the first one and the method.
void requireEqualityConstraints(const Nlp& nlp, std::string_view method);

/// A problem, or a function that makes one on the thread that solves it, for what takes time, such as compiling.
class NlpSource {
 public:
  NlpSource() = default;
  template <std::derived_from<Nlp> T>
  NlpSource(std::shared_ptr<T> nlp) : nlp_(std::move(nlp)) {}
  template <std::invocable Make>
  NlpSource(Make make) : make_([make = std::move(make)](const Cpu&) { return make(); }) {}
  /// `make` looks at the solve that is given whether it is aborted, and then throws Interrupted.
  template <std::invocable<const Cpu&> Make>
  NlpSource(Make make) : make_(std::move(make)) {}

  /// The problem, or a new one each time. Throws a TypeError if there is no problem.
  std::shared_ptr<Nlp> open() const;
  /// The problem, for a solve. Throws Interrupted where that is aborted while the problem is made.
  std::shared_ptr<Nlp> open(const Cpu& la) const;

 private:
  std::shared_ptr<Nlp> nlp_;
  std::function<std::shared_ptr<Nlp>(const Cpu&)> make_;
};

}  // namespace nonconvex
