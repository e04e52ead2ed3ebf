// LDL^T of a dense symmetric indefinite matrix.
#pragma once

#include <span>
#include <vector>

#include "linalg/ldl_front.hpp"

namespace nonconvex {

/// P S A S P^T = L D L^T by rook pivoting (Ashcraft, Grimes and Lewis 1998), S powers of two that equilibrate (Ruiz
/// 2001). Allocates in the constructor alone.
class DenseLdl {
 public:
  /// The workspace is for orders up to n. `la` must outlive this.
  DenseLdl(int n, const Cpu& la);

  /// Reads the lower triangle of A, of any order up to n. If entries are NaN or infinite, the inertia is undefined.
  Inertia factor(Mat<const double> a);

  /// B := A^{-1} B. Where A is singular, the part of the solution along zero pivots is zero.
  void solve(Mat<double> b) const;
  void solve(std::span<double> b) const;

  int order() const { return n_; }

 private:
  /// f(begin, end) over pieces of the columns, between which the solve may be ended.
  template <class F>
  void forColumns(F&& f) const;
  bool equilibrate(Mat<const double> a);
  void solveOne(double* b) const;

  const Cpu& la_;
  int n_ = 0;
  int scaled_ = 0;  ///< order of the matrix that scale_ equilibrates
  HostBuffer<double> l_;
  HostBuffer<double> workspace_;
  HostBuffer<double> scale_, diagonal_, below_, maxima_;
  mutable HostBuffer<double> x_;
  std::vector<int> order_;
};

}  // namespace nonconvex
