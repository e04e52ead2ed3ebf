// Abilities that only some problems and objectives have: small classes, fetched by type.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "data/gram_factor.hpp"

namespace nonconvex {

class Cpu;
class Nlp;
class Objective;

/// Base of what is asked for its abilities by type:
///   if (auto* lagged = nlp.find<LaggedHessian>()) ...
/// An object has the abilities that its class inherits, and those of the part that it wraps.
class Capable {
 public:
  virtual ~Capable() = default;

  /// The ability A; null if the object does not have it.
  template <class A>
  const A* find() const {
    for (const Capable* at = this; at != nullptr; at = at->wrapped()) {
      if (const auto* found = dynamic_cast<const A*>(at)) return found;
    }
    return nullptr;
  }
  template <class A>
  A* find() {
    return const_cast<A*>(static_cast<const Capable*>(this)->find<A>());
  }

 private:
  /// The wrapped part whose abilities this object has as well; null if it wraps none.
  virtual const Capable* wrapped() const { return nullptr; }
};

/// Knows a Hessian of f at an earlier point that may stand in for the one here.
class LaggedHessian {
 public:
  /// True: the next `hessian` at this point writes the Hessian of f from an earlier point, which is known to be within
  /// about `accuracy` of the one here, relative to it, and cheap enough to be worth it. False: no such Hessian is
  /// known, and nothing changes.
  virtual bool useLaggedHessian(double accuracy) = 0;

 protected:
  ~LaggedHessian() = default;
};

/// Knows a matrix below the Hessian of f, in the order of symmetric matrices (Loewner), near it and much cheaper.
class HessianLowerBound {
 public:
  /// True: the next `hessian` at this point writes that matrix instead of the Hessian of f. False: no such matrix is
  /// known, and nothing changes.
  virtual bool useHessianLowerBound() = 0;

 protected:
  ~HessianLowerBound() = default;
};

/// The Hessian of f is a Gram matrix and a diagonal one.
class GramHessian {
 public:
  /// The Gram matrix, to be multiplied by sigma; none where f has no such form. `rest`, n numbers, gets sigma times the
  /// diagonal matrix, and the diagonal of sum_i lambda_i Hess c_i of a problem with constraints. Valid until the next
  /// `moveTo`.
  virtual std::optional<GramFactor> gramFactor(double sigma, std::span<const double> lambda,
                                               std::span<double> rest) = 0;

 protected:
  ~GramHessian() = default;
};

/// The matrix factor u u^T.
struct RankOneTerm {
  std::span<const double> u;
  double factor = 0;
};

/// Has a Hessian of L that is a sparse matrix and one of low rank, positive definite together.
class LowRankHessian {
 public:
  /// The terms that the last `hessian` leaves out, valid until the next one.
  virtual std::span<const RankOneTerm> lowRankTerms() const = 0;

 protected:
  ~LowRankHessian() = default;
};

/// Sums over data of which some tell about the whole.
class SampledObjective {
 public:
  /// An estimate of f from a part of its data, cheaper by a factor of some size; null where that would not be worth it
  /// if each iteration takes `overhead` operations anyway.
  virtual std::unique_ptr<Objective> sample(double overhead) const = 0;

 protected:
  ~SampledObjective() = default;
};

/// The objective and the constraints are apart.
class ReplaceableObjective {
 public:
  /// A problem with the constraints of this one and another objective, to be used in turn with this one, which is to be
  /// moved again afterwards.
  virtual std::shared_ptr<Nlp> withObjective(std::unique_ptr<Objective> objective) const = 0;

 protected:
  ~ReplaceableObjective() = default;
};

/// Knows by its formulas where the Lagrangian is convex.
class KnownCurvature {
 public:
  /// n numbers d >= 0, mostly 0, such that sigma f + lambda^T c + sum_j d_j x_j^2 / 2 is convex. `quadratic`: sigma f +
  /// lambda^T c is a polynomial of degree 2 at most.
  struct Convexity {
    std::vector<double> concavity;
    bool quadratic = false;
  };

  /// Convexity for lower <= x <= upper, at the parameters and the point of now; nothing where no rule says so.
  virtual std::optional<Convexity> convexity(const Cpu& la, std::span<const double> lower,
                                             std::span<const double> upper, double sigma,
                                             std::span<const double> lambda) = 0;

 protected:
  ~KnownCurvature() = default;
};

/// Knows by its formulas that f is a sum of squares.
class SumOfSquares {
 public:
  /// f(x) = sum_i weights_i c_i(x)^2 + constant, weights >= 0, c the constraints of a problem of its own.
  struct Squares {
    std::shared_ptr<Nlp> residuals;
    std::vector<double> weights;
  };

  /// The sum at the parameters of now; nothing where f is none.
  virtual std::optional<Squares> squares(const Cpu& la) = 0;

 protected:
  ~SumOfSquares() = default;
};

/// Differentiates its constraints twice in a direction.
class CurvatureAlong {
 public:
  /// out_i = v^T (Hess c_i) v at the point of now.
  virtual void constraintsAlong(std::span<const double> v, std::span<double> out) = 0;

 protected:
  ~CurvatureAlong() = default;
};

/// Knows how large gradients usually are.
class TypicalGradient {
 public:
  /// The largest entry of the gradient of f at a point where that is of the usual size, which this one need not be.
  virtual double typicalGradient() = 0;

 protected:
  ~TypicalGradient() = default;
};

/// Operations, about, of an evaluation of f with its gradient, and of its Hessian; 0: not known.
struct EvaluationWork {
  double gradient = 0;
  double hessian = 0;

  /// Operations of an iteration: a Hessian serves for about three of them.
  double iteration() const { return gradient + hessian / 3; }
};

/// Knows what evaluations of f take.
class KnownWork {
 public:
  virtual EvaluationWork work() const = 0;

 protected:
  ~KnownWork() = default;
};

/// Has kernels that can use several threads.
class ThreadedEvaluation {
 public:
  /// Lends threads, until told otherwise.
  virtual void runOn(const Cpu& la) = 0;

 protected:
  ~ThreadedEvaluation() = default;
};

/// Lends threads to what can use them.
inline void lendThreads(Capable& to, const Cpu& la) {
  if (auto* threaded = to.find<ThreadedEvaluation>()) threaded->runOn(la);
}

}  // namespace nonconvex
