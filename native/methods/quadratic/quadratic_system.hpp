// The linear systems of methods for convex quadratic programs.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/sparse/ldl_sparse.hpp"
#include "methods/quadratic/convex_quadratic.hpp"

namespace nonconvex {

/// How small pivots may be beside their columns: `adaptive`, as small as refinement has made up for so far, since
/// pivots that wait cost time; or as large as is known to be safe.
enum class PivotChoice { adaptive, careful };

/// [Q + D G^T; G -E] with diagonal matrices D and E, which is quasi-definite where both are positive: then L D L^T
/// exists for every order (R. Vanderbei, "Symmetric quasidefinite matrices", 1995), so that the order looks at sparsity
/// alone.
class QuadraticSystem {
 public:
  /// Analyses the pattern. `la` and `program` must outlive this.
  QuadraticSystem(const Cpu& la, const ConvexQuadratic& program);

  /// Factorises with D and E; an infinite E stands for a row that is not there. False where a number left its range.
  bool factor(std::span<const double> d, std::span<const double> e, PivotChoice choice = PivotChoice::adaptive);
  /// Solves for (x, y) by the last factors, and refines as long as the componentwise backward error is above `enough`;
  /// returns that error.
  double solve(std::span<const double> right, std::span<double> solution, double enough = SparseLdl::exact) const;
  /// Asks for larger pivots of adaptive factorisations from now on; false where they are as large as they get.
  bool raisePivots();
  /// Solves by the last factors alone.
  void solveRoughly(std::span<const double> right, std::span<double> solution) const { ldl_->solve(right, solution); }

  const Inertia& inertia() const { return inertia_; }
  int factorizations() const { return factorizations_; }
  double factorEntries() const { return ldl_->factorEntries(); }

 private:
  struct Tuning {
    static constexpr double threshold = 1e-4;  ///< measured: least pivot beside its column; smaller ones lose digits
    static constexpr double first = 1e-10;     ///< safeguard: the same at first
    static constexpr double raise = 100;       ///< safeguard: factor where refinement does not reach enough digits
    static constexpr int refinements = 8;      ///< safeguard: steps of refinement
    static constexpr double absent = 1e20;     ///< safeguard: E of a row that is not there
  };

  void makePattern();

  const ConvexQuadratic& program_;
  SparsePattern pattern_;
  std::vector<double> values_, ofHessian_;  ///< `ofHessian_`: the diagonal of Q
  std::vector<std::size_t> diagonal_;
  std::unique_ptr<SparseLdl> ldl_;
  Inertia inertia_;
  int factorizations_ = 0;
  double threshold_ = Tuning::first;  ///< the least pivot of an adaptive choice
};

}  // namespace nonconvex
