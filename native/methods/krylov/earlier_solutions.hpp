// Start vectors for systems with one matrix, from earlier solutions.
#pragma once

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// The start for conjugate gradients that has the least error, in the norm of the matrix A, of all that differ from a
/// given one by a combination of the last changes of the solution. It costs no product with A: P. F. Fischer,
/// "Projection techniques for iterative solution of A x = b with successive right-hand sides", Comput. Methods Appl.
/// Mech. Engrg. 163, 1998. Several right-hand sides, each with combinations of its own.
class EarlierSolutions {
 public:
  /// How many changes of a solution are kept.
  static int kept(int columns) { return std::max(10, 40 / columns); }

  EarlierSolutions(const Cpu& la, int n, int columns)
      : la_(la),
        kept_(kept(columns)),
        changes_(n, kept_ * columns),
        images_(n, kept_ * columns),
        coefficients_(kept_, columns) {}

  /// Forgets all changes: for another matrix.
  void forget() {
    count_ = 0;
    next_ = 0;
  }

  /// Adds to each column of X the best combination, and subtracts its image by A from R = B - A X.
  void improve(Mat<double> x, Mat<double> r) {
    if (count_ == 0) return;
    la_.tasks(x.cols, [&](int k) {
      const Mat<double> d = of(changes_, k);
      const Mat<double> g = of(images_, k);
      double* a = coefficients_.column(k);
      blas::gemv('T', d.rows, count_, 1.0, d.data, d.stride, r.column(k), 0.0, a);
      blas::gemv('N', d.rows, count_, 1.0, d.data, d.stride, a, 1.0, x.column(k));
      blas::gemv('N', d.rows, count_, -1.0, g.data, g.stride, a, 1.0, r.column(k));
    });
  }

  /// Replaces the oldest pair by a change of the solution and its image by A; both serve as work space.
  void add(Mat<double> change, Mat<double> image) {
    const int place = next_;
    next_ = (next_ + 1) % kept_;
    count_ = std::max(count_, place + 1);
    la_.tasks(change.cols, [&](int k) { addTo(k, place, change.column(k), image.column(k)); });
  }

 private:
  Mat<double> of(HostMatrix<double>& m, int k) const { return m.view().columns(k * kept_, kept_); }

  /// Makes the change orthogonal to the others, where A is the inner product, and of length 1.
  void addTo(int k, int place, double* change, double* image) {
    const Mat<double> d = of(changes_, k);
    const Mat<double> g = of(images_, k);
    const int n = d.rows;
    double* a = coefficients_.column(k);
    for (const Mat<double>& m : {d, g}) std::fill(m.column(place), m.column(place) + n, 0.0);
    const double before = blas::dot(n, change, image);
    for (int pass = 0; pass < 2; ++pass) {  // twice is enough
      blas::gemv('T', n, count_, 1.0, g.data, g.stride, change, 0.0, a);
      blas::gemv('N', n, count_, -1.0, d.data, d.stride, a, 1.0, change);
      blas::gemv('N', n, count_, -1.0, g.data, g.stride, a, 1.0, image);
    }
    const double square = blas::dot(n, change, image);
    if (!(square > Tuning::dependent * before)) return;  // the change is rounding alone, or zero
    const double scale = 1 / std::sqrt(square);
    blas::axpy(n, scale, change, d.column(place));
    blas::axpy(n, scale, image, g.column(place));
  }

  struct Tuning {
    /// rounding: A change with so small a share of its squared length orthogonal to the others says nothing.
    static constexpr double dependent = 1e-20;
  };

  const Cpu& la_;
  int kept_;
  int count_ = 0;
  int next_ = 0;
  HostMatrix<double> changes_;       // n x kept of each column
  HostMatrix<double> images_;        // A times these
  HostMatrix<double> coefficients_;  // kept x columns
};

}  // namespace nonconvex
