// The seam between a method and how its KKT systems are solved.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "linalg/ldl_front.hpp"
#include "linalg/sparse/ldl_sparse.hpp"
#include "linalg/sparse/pattern.hpp"
#include "methods/kkt/settings.hpp"

namespace nonconvex {

/// K = [H + primal I, J^T; J, -dual I]. The system that is solved has no more than `keptDual` of the dual shift: the
/// rest only regularises its factors.
struct KktShift {
  double primal = 0;
  double dual = 0;
  double keptDual = 0;
};

/// Diagonals D and E of K = [H + D, J^T; J, -E]; empty: zero.
struct KktDiagonals {
  std::span<const double> primal, dual;
};

/// Solves systems with K = [H, J^T; J, 0], shifted or not, for one H and J after the other.
class KktSolver {
 public:
  virtual ~KktSolver() = default;

  /// Takes the values of the systems to come, in the order of their patterns. They are not copied.
  virtual void load(std::span<const double> H, std::span<const double> J) = 0;
  /// Takes the values of J, with H = 0.
  virtual void loadWithoutHessian(std::span<const double> J) { load({}, J); }
  /// Takes diagonals D (n) and E (m) of the systems to come, K = [H + D, J^T; J, -E], which are not copied; empty ones
  /// are zero. Only some solvers can.
  virtual void loadDiagonals(const KktDiagonals& diagonals);
  /// Takes the least pivot, beside its column, of factorisations to come: with a small one, sparse factors are cheaper
  /// where pivots would have to wait for each other, and inertias less certain. With a `bounded` effort a factorisation
  /// that would take far more than planned may be given up, and all eigenvalues count as zero. Not all solvers have
  /// pivots.
  virtual void setPivoting(double /*threshold*/, PivotEffort /*effort*/) {}
  /// Prepares K for `solve`; returns the signs of its eigenvalues.
  virtual Inertia factor(const KktShift& shift) = 0;
  /// The inertia that `factor` found, with all eigenvalues counted: it may say no more than that there are too many
  /// which are not positive.
  virtual Inertia exactInertia(const Inertia& found) { return found; }
  /// b := K^{-1} b, as good as the factors are.
  virtual void solve(std::span<double> b) = 0;
  /// z := K^{-1} b, until the 2-norm of its residual is at most `target` or does not fall any more; returns the norm.
  virtual double solve(std::span<const double> b, double target, std::span<double> z) = 0;
  /// b - K z of the last `solve` with a target; none where it is not at hand.
  virtual std::span<const double> residualOfSolve() const { return {}; }

  /// Returns true if `assumeInertia` may be tried now.
  virtual bool canAssumeInertia() const { return false; }
  /// Takes the place of `load` and `factor` without shift, where an iterative method may assume that K has the inertia
  /// wanted; false where that had better be known. If it turns out to be wrong, or the method too slow, `solve` gives
  /// NaN.
  virtual bool assumeInertia(std::span<const double> /*H*/, std::span<const double> /*J*/) { return false; }
  /// Returns true if `assumeInertia` takes an empty H, and products with the model's Hessian in its place.
  virtual bool matrixFree() const { return false; }

  virtual int factorizations() const = 0;
  virtual std::int64_t steps() const { return 0; }  ///< steps of an iterative method
  virtual int fallbacks() const { return 0; }       ///< how often it was given up for factors
  virtual double seconds() const = 0;
};

/// Returns true if this number of entries of K is worth a dense matrix, if there is memory for one.
bool worthDense(int order, std::size_t nonzeros);

/// L D L^T, dense or sparse, whichever suits. `sample` are values of the kind to come.
std::unique_ptr<KktSolver> factoredKkt(const SparsePattern& hessian, const SparsePattern& jacobian,
                                       std::span<const double> sampleH, std::span<const double> sampleJ, const Cpu& la,
                                       const KktDiagonals& sample = {});

}  // namespace nonconvex
