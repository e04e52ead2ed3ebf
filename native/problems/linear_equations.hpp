// Linear equations A x = b that come with a problem: whether they contradict one another, and how long x must be.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/lazy_shared.hpp"
#include "data/constant_matrix.hpp"

namespace nonconvex {

/// The least ||x||^2 with A x = b, by orthogonalising the rows. Unknown where that were the work of a solve. Throws a
/// RangeError for a row that contradicts those before it.
std::optional<double> leastNorm(const ConstantMatrix& A, std::span<const double> b);

/// Equations that the solves of a problem check, the first of them for all. Any number of threads may ask.
class LinearEquations {
 public:
  /// x is to have ||x||^2 = `squaredNorm` besides, if that is given.
  LinearEquations(ConstantMatrix A, std::vector<double> b, std::optional<double> squaredNorm = {})
      : A_(std::move(A)), b_(std::move(b)), squaredNorm_(squaredNorm) {}

  /// Throws a RangeError that names the row, or `squaredNorm`, where no x satisfies all.
  void check() const;

 private:
  ConstantMatrix A_;
  std::vector<double> b_;
  std::optional<double> squaredNorm_;
  mutable Once<bool> checked_;
};

}  // namespace nonconvex
