// Eigenvalues and eigenvectors of symmetric tridiagonal matrices.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nonconvex {

struct TridiagonalEigen {
  std::vector<double> values;
  std::vector<double> vectors;  ///< one after the other

  const double* vector(int k) const { return vectors.data() + static_cast<std::size_t>(k) * values.size(); }
};

/// Takes implicit QL steps with Wilkinson's shifts (G. H. Golub, C. F. Van Loan, "Matrix Computations", 2013, section
/// 8.3). `below` has the entries beside the diagonal; its last one is not read.
TridiagonalEigen eigenOfTridiagonal(std::span<const double> diagonal, std::span<const double> below);

}  // namespace nonconvex
