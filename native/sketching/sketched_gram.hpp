// Gram matrices of sketches: close to those of all rows, at a fraction of the cost.
#pragma once

#include "data/gram_factor.hpp"
#include "linalg/cpu.hpp"
#include "sketching/sketch.hpp"

namespace nonconvex {

/// (S B)^T (S B), close to B^T B = A^T D A, by a sparse sign embedding S: eigenvalues of the one by the other are
/// within (1 -+ sqrt(n / d))^2 or so, whatever the conditioning of A, for d rows of S.
class SketchedGram {
 public:
  /// The Gram matrix of a sketch, d rows, of A with n columns.
  SketchedGram(int n, int d) : n_(n), product_(n, d) {}

  int rows() const { return product_.cols(); }
  /// The lower triangle of `gram`, n x n, in 2 k n M + n^2 d operations for M rows of A, k = 8.
  void compute(const GramFactor& A, const Random& random, const Cpu& la, Mat<double> gram);

 private:
  template <class T>
  void addDense(const T* rows, int count, const Cpu& la);
  void addSparse(const GramFactor& A, const Cpu& la);

  int n_;
  HostMatrix<double> product_;  // (S B)^T
  // Of the columns of S: rows, and values times the roots of D.
  std::vector<int> places_;
  std::vector<double> factors_;
};

/// A = L L^T of a Gram matrix, slightly regularised, since its lines may depend on others. `fill` writes the lower
/// triangle of `gram`, again for each attempt, as a failed one spoils it. All attempts fail only where A is not finite
/// or zero.
template <class Fill>
void factorGram(const Cpu& la, Mat<double> gram, Fill&& fill) {
  for (double share = 1e-14; share <= 1; share *= 100) {
    fill();
    double trace = 0;
    for (int k = 0; k < gram.rows; ++k) trace += gram(k, k);
    for (int k = 0; k < gram.rows; ++k) gram(k, k) += share * trace;
    if (la.cholesky(gram)) return;
  }
}

}  // namespace nonconvex
